import Testing

/// A failed expectation shows the screen, not the emulator's insides.
extension ScreenEmulator: CustomTestStringConvertible {
    var testDescription: String { "\n" + text }
}
