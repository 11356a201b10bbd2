import Training

/// What was changed during a run, in words: what differs from its settings.
enum ChangeText {
    static func words(_ record: RunRecord) -> [String] {
        let epochs = record.configuration.epochs - record.settings.epochs
        return [rate(record), epochs == 0 ? nil : "\(epochs) epochs more"].compactMap { $0 }
    }

    /// "rate × 10"; nil for the rate of the settings.
    static func rate(_ record: RunRecord) -> String? {
        // Ten steps up and ten down come back to it but for rounding.
        abs(record.rateFactor - 1) < 0.005 ? nil : "rate × \(Format.printf("%.3g", record.rateFactor))"
    }
}
