/// Values in the course of a run, each with its step. When it is full, every second entry goes, and from then on only
/// every second comes, so that it covers the whole run however long.
public struct Course<Value: Sendable & Equatable>: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// Batches trained before it.
        public let step: Int
        public let value: Value
    }

    /// The most entries there are.
    public static var capacity: Int { 128 }

    public private(set) var entries: [Entry] = []
    /// Of how many offered entries one is kept.
    private var stride = 1
    /// How many entries were offered.
    public private(set) var count = 0

    public init() {}

    /// A course to go on with, of entries kept of so many; nil where they cannot be.
    init?(_ entries: [(step: Int, value: Value)], offered count: Int) {
        guard count >= 0, count < 1 << 40, zip(entries, entries.dropFirst()).allSatisfy({ $0.step <= $1.step }) else {
            return nil
        }
        while (count + stride - 1) / stride > Self.capacity { stride *= 2 }
        guard entries.count == (count + stride - 1) / stride else { return nil }
        self.entries = entries.map { Entry(step: $0.step, value: $0.value) }
        self.count = count
    }

    mutating func append(_ value: Value, step: Int) {
        defer { count += 1 }
        guard count % stride == 0 else { return }
        if entries.count == Self.capacity {
            entries = Swift.stride(from: 0, to: entries.count, by: 2).map { entries[$0] }
            stride *= 2
            guard count % stride == 0 else { return }
        }
        entries.append(Entry(step: step, value: value))
    }

    /// What of it was there after a step, at other steps.
    func until(_ step: Int, at place: (Int) -> Int) -> Course {
        var part = Course()
        for entry in entries where entry.step <= step { part.append(entry.value, step: place(entry.step)) }
        return part
    }
}

/// The histograms of all layers in the course of a run.
public typealias HistogramHistory = Course<[LayerHistograms]>

/// A number for each class, or for each layer; nil where there is none.
public typealias NumbersCourse = Course<[Float?]>
