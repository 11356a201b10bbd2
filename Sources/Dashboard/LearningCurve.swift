import Foundation
import Training

/// What a chart shows of a series: the smoothed curve, the band of the batches, a range that suits both.
enum LearningCurve {
    /// The exponential moving average, freed of the pull towards its start as Adam does it (Kingma and Ba, 2015,
    /// section 3), a point for each bucket. `halfLife` is the number of steps after which a value weighs half; 0 leaves
    /// the values as they are. Infinite values are passed over.
    static func smooth(_ series: Series, halfLife: Double) -> [Chart.Point] {
        var average = 0.0
        var weight = 0.0
        var step = 0
        // All buckets but the last hold as many steps.
        var (count, keep) = (0, 0.0)
        return series.buckets.compactMap { bucket in
            step += Int(bucket.count)
            guard bucket.mean.isFinite else { return nil }
            if Int(bucket.count) != count {
                count = Int(bucket.count)
                keep = halfLife > 0 ? exp2(-Double(count) / halfLife) : 0
            }
            average = keep * average + (1 - keep) * Double(bucket.mean)
            weight = keep * weight + (1 - keep)
            return Chart.Point(step: Double(step), value: average / weight)
        }
    }

    /// The span of each bucket.
    static func band(_ series: Series) -> [Chart.Span] {
        var step = 0.0
        return series.buckets.map { bucket in
            defer { step += Double(bucket.count) }
            return Chart.Span(
                steps: step...step + Double(bucket.count),
                values: Double(bucket.minimum)...Double(bucket.maximum))
        }
    }

    /// The range for losses, which one outlier cannot ruin: of the logarithms of the curve and the tests, what lies
    /// within three interquartile ranges of the quartiles (Tukey's outer fences, "Exploratory Data Analysis", 1977),
    /// and of the band all but the outermost twentieth on either side.
    static func lossRange(curve: [Chart.Point], tests: [Chart.Point], band: [Chart.Span]) -> ClosedRange<Double> {
        let logs = (thinned(curve) + tests).map(\.value).filter { $0 > 0 && $0.isFinite }.map { log($0) }.sorted()
        guard !logs.isEmpty else { return 0.01...3 }
        let (lowerQuartile, upperQuartile) = (quantile(0.25, of: logs), quantile(0.75, of: logs))
        let fence = 3 * max(upperQuartile - lowerQuartile, log(2))
        let within = logs.filter { $0 >= lowerQuartile - fence && $0 <= upperQuartile + fence }
        var lower = exp(within.first ?? lowerQuartile)
        var upper = exp(within.last ?? upperQuartile)
        let band = thinned(band)
        let minima = band.map(\.values.lowerBound).filter { $0 > 0 && $0.isFinite }.sorted()
        let maxima = band.map(\.values.upperBound).filter { $0 > 0 && $0.isFinite }.sorted()
        if !minima.isEmpty { lower = min(lower, quantile(0.05, of: minima)) }
        if !maxima.isEmpty { upper = max(upper, quantile(0.95, of: maxima)) }
        return lower / 1.05...upper * 1.05
    }

    /// The range for accuracies up to 100 %, down to where the curve has been for all but its first twentieth.
    static func accuracyRange(curve: [Chart.Point], tests: [Chart.Point]) -> ClosedRange<Double> {
        let values = thinned(curve).map(\.value).sorted()
        guard !values.isEmpty else { return 0...1 }
        let lowest = min(quantile(0.05, of: values), tests.map(\.value).min() ?? 1) - 0.02
        let step = lowest > 0.9 ? 0.02 : 0.1
        return min(max((lowest / step).rounded(.down) * step, 0), 0.98)...1
    }

    /// A few hundred of many, evenly: quantiles need no more.
    private static func thinned<Element>(_ elements: [Element]) -> [Element] {
        let step = elements.count / 512 + 1
        return step == 1 ? elements : stride(from: 0, to: elements.count, by: step).map { elements[$0] }
    }

    /// `sorted` is not empty.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        sorted[Int((share * Double(sorted.count - 1)).rounded())]
    }
}
