import Testing

/// A failed expectation shows the screen, not the emulator's insides.
extension ScreenEmulator: CustomTestStringConvertible {
    public var testDescription: String { "\n" + text }
}
