import Foundation
import NeuralNetwork

/// A calibration as a line of JSON, which model files keep in their metadata.
extension Calibration {
    /// The key in the metadata of model files.
    public static let metadataKey = "calibration"

    /// What a model file says of it.
    public var metadata: [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let json = try? encoder.encode(CalibrationText(self)) else { return [:] }
        return [Self.metadataKey: String(decoding: json, as: UTF8.self)]
    }

    /// What the metadata of a model file say; nil where they say nothing, or nothing that makes sense.
    public init?(metadata: [String: String]) {
        guard let json = metadata[Self.metadataKey],
            let text = try? JSONDecoder().decode(CalibrationText.self, from: Data(json.utf8)),
            let calibration = text.calibration
        else { return nil }
        self = calibration
    }
}

/// A judge's numbers and the temperatures beside each other.
private struct CalibrationText: Codable {
    let judge: JudgeText
    let temperatures: [Float]

    private enum Keys: CodingKey { case temperatures }

    init(_ calibration: Calibration) {
        (judge, temperatures) = (JudgeText(calibration.judge), calibration.temperatures)
    }

    init(from decoder: any Decoder) throws {
        judge = try JudgeText(from: decoder)
        temperatures = try decoder.container(keyedBy: Keys.self).decode([Float].self, forKey: .temperatures)
    }

    func encode(to encoder: any Encoder) throws {
        try judge.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(temperatures, forKey: .temperatures)
    }

    /// nil where the numbers do not go together.
    var calibration: Calibration? {
        guard temperatures.count == 2, temperatures.allSatisfy({ $0 > 0 && $0.isFinite }), let judge = judge.judge
        else { return nil }
        return Calibration(judge: judge, temperatures: temperatures)
    }
}

extension Calibration {
    init(judge: Judge, temperatures: [Float]) {
        (self.judge, self.temperatures) = (judge, temperatures)
    }
}
