/// The ten digits drawn with the keyboard alone, on an empty canvas with the pen in its middle.
///
/// A stroke is a line between two points, straight or bent: `d` begins and ends it, `(` and `)` bend it. With Shift an
/// arrow goes a seventh of the canvas, and the capitals I O H L the same diagonally.
public enum DigitKeys {
    public enum Press: Sendable, Equatable {
        case character(Character)
        case shiftUp, shiftDown, shiftLeft, shiftRight
    }

    /// For each digit the keys in a row; ⇡ ⇣ ⇠ ⇢ are arrows with Shift.
    public static let texts = [
        "⇡⇡ d ⇣⇣⇣⇣ (d ⇡⇡⇡⇡ )d",
        "⇡⇡ d ⇣⇣⇣⇣ d",
        "I d ⇢⇢ ((d HHH d ⇢⇢⇢ d",
        "⇡I d ⇣⇣ ))d ⇣⇣ ))d",
        "L⇣ d ⇡⇡⇡⇡ d HH d ⇢⇢⇢ d",
        "O⇡ d ⇠⇠ d ⇣⇣ d ⇣⇣ )))d",
        "O⇡ d HH⇣ (d ⇢⇢ ((d ⇠⇠ ))d",
        "II d ⇢⇢⇢⇢ d HHHH d",
        "⇡⇡ d ⇣⇣ ((d ⇣⇣ ))d ⇡⇡ ((d ⇡⇡ ))d",
        "O d ⇠⇠ ((d ⇢⇢ ))d ⇣⇣⇣ d",
    ]

    public static func presses(_ digit: Int) -> [Press] {
        let shifted: [Character: Press] = ["⇡": .shiftUp, "⇣": .shiftDown, "⇠": .shiftLeft, "⇢": .shiftRight]
        return texts[digit].filter { $0 != " " }.map { shifted[$0] ?? .character($0) }
    }
}
