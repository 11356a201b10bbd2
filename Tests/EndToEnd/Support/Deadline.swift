/// A moment after which a wait gives up.
struct Deadline {
    private let instant: ContinuousClock.Instant

    init(after duration: Duration) {
        instant = .now + duration
    }

    var hasPassed: Bool { instant <= .now }

    /// The time left, for `poll`: at most `limit`, never negative, rounded up.
    func milliseconds(atMost limit: Int32) -> Int32 {
        let left = ContinuousClock.now.duration(to: instant)
        guard left > .zero else { return 0 }
        guard left < .milliseconds(limit) else { return limit }
        return Int32((left / .milliseconds(1)).rounded(.up))
    }
}
