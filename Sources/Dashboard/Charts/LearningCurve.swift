import Foundation
import Training

/// What a chart shows of a series: the smoothed curve, the band of the batches, a range that suits both.
enum LearningCurve {
    /// The exponential moving average, corrected for its start as in Adam (Kingma and Ba, 2015, section 3), a point for
    /// each bucket. `halfLife` is the number of steps after which a value weighs half; 0 leaves the values as they are.
    /// Infinite values are passed over.
    static func smooth(_ series: Series, halfLife: Double) -> [Chart.Point] {
        var average = 0.0
        var weight = 0.0
        var step = 0
        // All buckets but the last hold the same number of steps.
        var (count, keep) = (0, 0.0)
        var points: [Chart.Point] = []
        points.reserveCapacity(series.buckets.count)
        for bucket in series.buckets {
            step += Int(bucket.count)
            guard bucket.mean.isFinite else { continue }
            if Int(bucket.count) != count {
                count = Int(bucket.count)
                keep = halfLife > 0 ? exp2(-Double(count) / halfLife) : 0
            }
            average = keep * average + (1 - keep) * Double(bucket.mean)
            weight = keep * weight + (1 - keep)
            points.append(Chart.Point(step: Double(step), value: average / weight))
        }
        return points
    }

    /// More points or spans than any chart has columns of dots.
    private static let enough = 512

    /// The spans of the buckets that some steps lie in, of several together where they are many.
    static func band(_ series: Series, in steps: ClosedRange<Double>) -> [Chart.Span] {
        let buckets = series.buckets
        let width = Double(series.bucketWidth)
        let first = Int(max(steps.lowerBound / width, 0))
        let last = min(Int(steps.upperBound / width), buckets.count - 1)
        guard first <= last else { return [] }
        let together = stepToThin(last - first + 1)
        // Groups begin at the same buckets whatever the view, so that they stay as they are while the run goes on.
        return stride(from: first / together * together, through: last, by: together).map { start in
            let group = buckets[start..<min(start + together, buckets.count)]
            let begin = Double(start) * width
            let count = group.reduce(0) { $0 + $1.count }
            let (lowest, highest) = group.reduce((Float.infinity, -Float.infinity)) {
                (min($0.0, $1.minimum), max($0.1, $1.maximum))
            }
            return Chart.Span(steps: begin...begin + Double(count), values: Double(lowest)...Double(highest))
        }
    }

    /// Each second, fourth … point and the last, so that no more are left than a chart can show.
    static func thinned(_ points: ArraySlice<Chart.Point>) -> [Chart.Point] {
        let step = stepToThin(points.count)
        return points.indices.filter { $0 % step == 0 || $0 == points.endIndex - 1 }.map { points[$0] }
    }

    /// A power of two.
    private static func stepToThin(_ count: Int) -> Int {
        var step = 1
        while count / step > enough { step *= 2 }
        return step
    }

    /// The range for losses, which one outlier cannot ruin: of the logarithms of the curve and the tests, what lies
    /// within three interquartile ranges of the quartiles (Tukey's outer fences, "Exploratory Data Analysis", 1977),
    /// and of the band all but the outermost twentieth on either side, a decade beyond the curve at most.
    static func lossRange(curve: [Chart.Point], tests: [Chart.Point], band: [Chart.Span]) -> ClosedRange<Double> {
        func isShown(_ value: Double) -> Bool { value > 0 && value.isFinite }
        let losses = (curve + tests).map(\.value).filter(isShown)
        guard let lowerQuartile = quantile(0.25, of: losses), let upperQuartile = quantile(0.75, of: losses) else {
            return 0.01...3
        }
        // Of losses, a distance of logarithms is a factor.
        let fence = pow(max(upperQuartile / lowerQuartile, 2), 3)
        let within = losses.filter { $0 >= lowerQuartile / fence && $0 <= upperQuartile * fence }
        var (lower, upper) = (within.min() ?? lowerQuartile, within.max() ?? upperQuartile)
        if let low = quantile(0.05, of: band.map(\.values.lowerBound).filter(isShown)) {
            lower = min(lower, max(low, lower / 10))
        }
        if let high = quantile(0.95, of: band.map(\.values.upperBound).filter(isShown)) {
            upper = max(upper, min(high, upper * 10))
        }
        return lower / 1.05...upper * 1.05
    }

    /// The range for accuracies: up to 100 %, and down to the lowest of the curve but for its lowest twentieth.
    static func accuracyRange(curve: [Chart.Point], tests: [Chart.Point]) -> ClosedRange<Double> {
        guard let usual = quantile(0.05, of: curve.map(\.value)) else { return 0...1 }
        let lowest = min(usual, tests.map(\.value).min() ?? 1) - 0.02
        let step = lowest > 0.9 ? 0.02 : 0.1
        return min(max((lowest / step).rounded(.down) * step, 0), 0.98)...1
    }

    /// The value below which lies a share of the others; nil without any. Selects it as Hoare does ("Algorithm 65: Find",
    /// 1961), since sorting hundreds of values for each frame takes longer than drawing them.
    static func quantile(_ share: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        var values = values
        let place = Int((share * Double(values.count - 1)).rounded())
        var (first, last) = (0, values.count - 1)
        while first < last {
            let pivot = values[(first + last) / 2]
            var (low, high) = (first, last)
            while low <= high {
                while values[low] < pivot { low += 1 }
                while pivot < values[high] { high -= 1 }
                guard low <= high else { break }
                values.swapAt(low, high)
                (low, high) = (low + 1, high - 1)
            }
            if place <= high { last = high } else if place >= low { first = low } else { break }
        }
        return values[place]
    }
}
