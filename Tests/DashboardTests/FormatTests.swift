import Testing

@testable import Dashboard

@Suite struct FormatTests {
    @Test(arguments: [
        (0, "0:00"), (6.2, "0:07"), (59.5, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (3753, "1:02:33"),
    ])
    func durationsAreWritten(seconds: Double, text: String) {
        #expect(Format.duration(seconds) == text)
    }
}
