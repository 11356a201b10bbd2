import TestSupport
import Testing

@Suite struct LargestTests {
    @Test func aNaNIsLarge() {
        #expect([1, Float.nan, 2].largest == .infinity)
        #expect([Float.nan].largest == .infinity)
        #expect([1, 3, 2].largest == 3)
        #expect([Double]().largest == nil)
    }
}
