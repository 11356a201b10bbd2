/// Text broken between words.
enum Paragraph {
    /// Lines of at most `width` characters. A word that is longer is cut.
    static func lines(_ text: String, width: Int) -> [String] {
        guard width > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word.prefix(width)) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Draws as many lines as there is room for, and returns the rows used.
    @discardableResult
    static func draw(_ text: String, in rect: Rect, _ style: Style = .plain, on grid: inout CellGrid) -> Int {
        let lines = lines(text, width: rect.width).prefix(rect.height)
        for (index, line) in lines.enumerated() { grid.write(line, x: rect.x, y: rect.y + index, style) }
        return lines.count
    }
}
