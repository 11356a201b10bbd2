import Files
import Testing

@Suite struct FNVTests {
    /// The first two are among the test vectors of FNV's authors; the third begins with zeros.
    @Test func numbersAreThoseOfOtherPrograms() {
        for (text, number) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("baa", "0039231913392937")] {
            #expect(FNV(text.utf8).text == number, "\(text)")
        }
    }

    /// One after the other, each from the beginning; what is left over by itself.
    @Test(arguments: 0..<14) func quartersAreNumbersOfTheirOwn(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 37 * $0 + 5) }
        let quarter = count / 4
        var (quarters, plain) = (FNV("before".utf8), FNV("before".utf8))
        quarters.add(quartersOf: bytes)
        for number in 0..<4 { plain.add(FNV(bytes[number * quarter..<(number + 1) * quarter]).text.utf8) }
        plain.add(bytes[(4 * quarter)...])
        #expect(quarters.value == plain.value)
    }

    @Test func allDigitsAreWritten() {
        #expect(UInt8(0x0f).hexadecimal == "0f" && UInt8(0xf0).hexadecimal == "f0")
        #expect(UInt32(0).hexadecimal == "00000000" && UInt32.max.hexadecimal == "ffffffff")
    }
}
