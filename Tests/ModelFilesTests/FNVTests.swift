import Files
import Testing

@Suite struct FNVTests {
    /// The first two are among the test vectors of FNV's authors; the third begins with zeros.
    @Test func numbersAreThoseOfOtherPrograms() {
        for (text, number) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("baa", "0039231913392937")] {
            #expect(FNV(text.utf8).text == number, "\(text)")
        }
    }

    @Test func allDigitsAreWritten() {
        #expect(UInt8(0x0f).hexadecimal == "0f" && UInt8(0xf0).hexadecimal == "f0")
        #expect(UInt32(0).hexadecimal == "00000000" && UInt32.max.hexadecimal == "ffffffff")
    }
}
