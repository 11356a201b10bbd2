/// What a terminal of the kind of xterm with 256 colours is sent for a screen.
public enum ScreenText {
    /// What turns one screen into another. It begins and ends with the terminal's own colours, so that each piece stands
    /// for itself.
    ///
    /// - Parameters:
    ///   - old: what is shown; nil for anything, also of another size or in other colours.
    ///   - new: "" comes of one that is the same.
    public static func update(from old: CellGrid?, to new: CellGrid, _ appearance: Appearance) -> String {
        let before = old.flatMap { $0.width == new.width && $0.height == new.height ? $0.cells : nil }
        // Hide the cursor, and clear.
        var text = String.UnicodeScalarView((before == nil ? "\u{1B}[?25l\u{1B}[2J" : "").unicodeScalars)
        var style: Style?
        var next = -1
        for (index, cell) in new.cells.enumerated() where cell != before?[index] ?? Cell() {
            let (y, x) = index.quotientAndRemainder(dividingBy: new.width)
            if index != next || x == 0 { text.append(contentsOf: "\u{1B}[\(y + 1);\(x + 1)H".unicodeScalars) }
            if cell.style != style {
                text.append(contentsOf: sequence(for: cell.style, appearance).unicodeScalars)
                style = cell.style
            }
            text.append(cell.character)
            next = index + 1
        }
        if style != nil { text.append(contentsOf: "\u{1B}[m".unicodeScalars) }
        return String(text)
    }

    /// Shows the cursor again; the last screen stays.
    public static let end = "\u{1B}[?25h"

    private static func sequence(for style: Style, _ appearance: Appearance) -> String {
        var codes = ["0"]
        if style.bold { codes.append("1") }
        if style.dim { codes.append("2") }
        if style.reverse { codes.append("7") }
        let (ink, paper) = (
            Palette.color(of: style.ink, for: appearance), Palette.color(of: style.paper, for: appearance)
        )
        if ink != Palette.standard { codes.append("38;5;\(ink)") }
        if paper != Palette.standard { codes.append("48;5;\(paper)") }
        return "\u{1B}[" + codes.joined(separator: ";") + "m"
    }
}
