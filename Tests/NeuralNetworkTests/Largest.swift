import Testing

extension Sequence where Element: FloatingPoint {
    /// The largest element, infinity if one of them is no number, nil without any. `max()` passes over what is no number,
    /// and a difference that is none must not pass for a small one.
    var largest: Element? {
        reduce(nil) { largest, element in
            element.isNaN ? .infinity : largest.map { $0 < element ? element : $0 } ?? element
        }
    }
}

@Suite struct LargestTests {
    @Test func aNaNIsLarge() {
        #expect([1, Float.nan, 2].largest == .infinity)
        #expect([Float.nan].largest == .infinity)
        #expect([1, 3, 2].largest == 3)
        #expect([Double]().largest == nil)
    }
}
