/// Text broken between words.
enum Paragraph {
    /// Lines of at most `width` characters. A word that is longer goes on in the next line.
    static func lines(_ text: String, width: Int) -> [String] {
        guard width > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        for whole in text.split(separator: " ") {
            var word = whole
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            while word.count > width {
                lines.append(String(word.prefix(width)))
                word = word.dropFirst(width)
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Draws as many lines as there is room for, and returns the rows used.
    @discardableResult
    static func draw(_ text: String, in rect: Rect, _ style: Style = .plain, on grid: inout CellGrid) -> Int {
        let all = lines(text, width: rect.width)
        let lines = all.prefix(rect.height)
        if lines.count < all.count || rect.width <= 0 { grid.log?.lose(text) }
        for (index, line) in lines.enumerated() { grid.write(line, x: rect.x, y: rect.y + index, style) }
        return lines.count
    }
}
