/// The speed of the last quarter of a second: steady enough to read, quick enough to follow.
struct Throughput: Sendable {
    private var samples = 0
    private var seconds = 0.0
    private var last: Double?

    var samplesPerSecond: Double { last ?? (seconds == 0 ? 0 : Double(samples) / seconds) }

    mutating func add(samples: Int, seconds: Double) {
        self.samples += samples
        self.seconds += seconds
        guard self.seconds >= 0.25 else { return }
        last = Double(self.samples) / self.seconds
        self.samples = 0
        self.seconds = 0
    }
}
