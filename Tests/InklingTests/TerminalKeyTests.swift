import Dashboard
import Testing

@testable import Inkling

@MainActor
struct TerminalKeyTests {
    @Test func charactersAreKeys() {
        let special: [UInt32: Key] = [
            8: .backspace, 9: .tab, 10: .enter, 13: .enter, 26: .stop, 27: .escape, 127: .backspace,
        ]
        let none: Set<UInt32> = [0, 28, 29, 30, 31]
        for code in UInt32(0)...300 {
            let usual: Key? =
                code < 27
                ? Unicode.Scalar(code + 96).map { .control($0) } : Unicode.Scalar(code).map { .character($0) }
            let expected = none.contains(code) ? nil : special[code] ?? usual
            #expect(Terminal.key(code) == expected, "\(code)")
        }
        #expect(Terminal.key(1) == .control("a") && Terminal.key(25) == .control("y"))
        #expect(Terminal.key(0xE9) == "é" && Terminal.key(0xD800) == nil)
    }

    /// By the numbers of ncurses' header.
    @Test func cursesKeysAreKeys() {
        let keys: [Int32: Key] = [
            0o402: .down, 0o403: .up, 0o404: .left, 0o405: .right, 0o406: .home, 0o407: .backspace, 0o512: .delete,
            0o520: .shiftDown, 0o521: .shiftUp, 0o522: .pageDown, 0o523: .pageUp, 0o527: .enter, 0o541: .backTab,
            0o550: .end, 0o611: .shiftLeft, 0o622: .shiftRight,
        ]
        #expect(Terminal.specialKeys == keys)
    }

    @Test func theEnvironmentTellsTheBackground() {
        for (value, expected) in [
            ("0;15", Appearance.Background.light), ("0;7", .light), ("0;default;15", .light), ("15;0", .dark),
            ("7;8", .dark), ("15;default", .dark), ("", .dark), ("15;14", .dark),
        ] {
            #expect(Terminal.background(["COLORFGBG": value]) == expected, "\(value)")
        }
        #expect(Terminal.background([:]) == .dark)
    }
}
