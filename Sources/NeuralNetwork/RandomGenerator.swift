import Foundation

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// The one source of chance in the program: the same seed gives the same numbers everywhere. `stream` keeps uses of
/// one seed apart, so that the order of the samples does not depend on how many weights were drawn before.
public struct RandomGenerator: Sendable, Equatable {
    public enum Stream: UInt64, Sendable {
        case initialization = 1
        case shuffling = 2
        case dropout = 3
        case distortions = 4
        /// Where the search for main directions starts.
        case directions = 5
        /// What is asked for in a quiz.
        case quiz = 6
        /// Which images of the data set are mixed with drawings.
        case teaching = 20
        /// Images that are like none of a data set, and which of its own are kept aside.
        case strangeImages = 21
        /// Which images are kept aside to judge networks by, and which are set apart to test on.
        case validation = 22
        case testShare = 23
        /// The settings of a sweep that draws them.
        case sweep = 24
        /// Points of the plane.
        case points = 10
    }

    private var state: UInt64

    public init(seed: UInt64, stream: Stream, index: Int = 0) {
        state = seed
        state = next() ^ stream.rawValue
        state = next() ^ UInt64(truncatingIfNeeded: index)
        state = next()
    }

    /// 64 uniformly distributed bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in 0..<bound, by multiplication (the bias is below bound / 2⁶⁴).
    public mutating func uniform(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Normally distributed with mean 0 and standard deviation 1 (Box and Muller, 1958).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// The numbers 0..<count in random order (Fisher and Yates).
    public mutating func permutation(count: Int) -> [Int32] {
        var order = (0..<Int32(count)).map { $0 }
        // In place, as an array would look for other owners with each swap.
        order.withUnsafeMutableBufferPointer { order in
            for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, uniform(below: last + 1)) }
        }
        return order
    }
}
