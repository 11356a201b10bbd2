/// A quantity over the steps of a run, in buckets that hold the lowest, the highest and the mean of their steps, so
/// that a spike is never lost however long the run. When the buckets are full, each two become one.
public struct Series: Sendable, Equatable {
    public struct Bucket: Sendable, Equatable {
        public private(set) var minimum: Float
        public private(set) var maximum: Float
        public private(set) var mean: Float
        public private(set) var count: Int

        /// - Parameter count: at least 1.
        init(minimum: Float, maximum: Float, mean: Float, count: Int) {
            self.minimum = minimum
            self.maximum = maximum
            self.mean = mean
            self.count = count
        }

        init(_ value: Float) {
            minimum = value
            maximum = value
            mean = value
            count = 1
        }

        mutating func merge(_ other: Bucket) {
            minimum = min(minimum, other.minimum)
            maximum = max(maximum, other.maximum)
            mean = (mean * Float(count) + other.mean * Float(other.count)) / Float(count + other.count)
            count += other.count
        }
    }

    /// The most buckets there are; a screen is seldom a tenth as wide.
    public static let capacity = 4096

    public private(set) var buckets: [Bucket] = []
    /// Steps in a bucket, a power of two; the last bucket may still hold fewer.
    public private(set) var bucketWidth = 1
    /// Steps in all.
    public private(set) var count = 0
    /// The value of the last step; nil before the first, and in a series made of buckets.
    public private(set) var last: Float?

    public init() {}

    /// A series to go on with; nil unless all buckets but the last are full, and as many steps a power of two.
    init?(_ buckets: [Bucket]) {
        self.buckets = buckets
        bucketWidth = buckets.first?.count ?? 1
        guard buckets.count <= Self.capacity, (1...1 << 40).contains(bucketWidth), bucketWidth.nonzeroBitCount == 1,
            buckets.dropLast().allSatisfy({ $0.count == bucketWidth }),
            buckets.allSatisfy({ (1...bucketWidth).contains($0.count) })
        else { return nil }
        count = buckets.reduce(0) { $0 + $1.count }
    }

    /// A value that is no number counts as infinite: a loss out of all bounds, which must show.
    public mutating func append(_ value: Float) {
        let bucket = Bucket(value.isNaN ? .infinity : value)
        if let last = buckets.last, last.count < bucketWidth {
            buckets[buckets.count - 1].merge(bucket)
        } else {
            if buckets.count == Self.capacity { halve() }
            buckets.append(bucket)
        }
        count += 1
        last = value
    }

    /// The first steps alone. A bucket that is cut keeps what it says of all its steps.
    func first(_ steps: Int) -> Series {
        guard steps < count else { return self }
        var part = self
        (part.buckets, part.count, part.last) = ([], max(steps, 0), nil)
        for bucket in buckets {
            let rest = steps - part.buckets.count * bucketWidth
            guard rest > 0 else { break }
            part.buckets.append(
                Bucket(
                    minimum: bucket.minimum, maximum: bucket.maximum, mean: bucket.mean, count: min(bucket.count, rest))
            )
        }
        return part
    }

    /// The same course in another number of steps, each with the mean of where it lies in the course.
    func stretched(to steps: Int) -> Series {
        guard steps != count, count > 0 else { return self }
        var series = Series()
        for step in 0..<steps {
            let place = Int((Double(step) + 0.5) / Double(steps) * Double(count))
            series.append(buckets[min(place / bucketWidth, buckets.count - 1)].mean)
        }
        return series
    }

    private mutating func halve() {
        buckets = stride(from: 0, to: buckets.count, by: 2).map { index in
            var bucket = buckets[index]
            bucket.merge(buckets[index + 1])
            return bucket
        }
        bucketWidth *= 2
    }
}

/// The course of a run, batch by batch.
public struct History: Sendable, Equatable {
    /// The mean cross-entropy of each batch in nats.
    public private(set) var loss = Series()
    /// The share of each batch that was read correctly, 0…1.
    public private(set) var accuracy = Series()

    public init() {}

    init(loss: Series, accuracy: Series) {
        self.loss = loss
        self.accuracy = accuracy
    }

    /// The first steps alone.
    func first(_ steps: Int) -> History { History(loss: loss.first(steps), accuracy: accuracy.first(steps)) }

    /// Whether the last batch's loss is no number: no step leads back from there.
    public var isLost: Bool { loss.last.map { !$0.isFinite } ?? false }

    public mutating func append(loss: Float, accuracy: Float) {
        self.loss.append(loss)
        self.accuracy.append(accuracy)
    }
}
