extension FilePrompt {
    /// In the bottom line, and in those above it what there is to say.
    func draw(on grid: inout CellGrid) {
        switch note {
        case .names(let names):
            let line = Rect(x: 0, y: grid.height - 2, width: grid.width, height: 1)
            grid.clear(line)
            grid.fill(line, with: Cell(" ", Style(.value, on: .bar)))
            grid.write(Self.line(of: names, width: grid.width - 2), x: 1, y: line.y, Style(.value, on: .bar))
        case .problem(let problem): StatusLine.draw(problem, above: 1, ink: .wrong, on: &grid)
        case .asksToOverwrite:
            drawQuestion(on: &grid)
            return
        case .waits, nil: break
        }
        let y = grid.height - 1
        // So much of the path is to be seen at least.
        let least = min(max(input.text.count + 1, 16), grid.width / 2)
        let question = questions.first { 1 + $0.count + least <= grid.width } ?? questions[questions.count - 1]
        let x = grid.write(question, x: 1, y: y, Style(.words, on: .bar))
        var end = grid.width
        for keys in self.keys {
            let width = keys.reduce(0) { $0 + $1.0.count }
            guard x + max(input.text.count + 1, 24) + width <= grid.width else { continue }
            end -= width
            grid.write(keys, x: end, y: y)
            break
        }
        input.draw(x: x, y: y, width: end - x, Style(.value, on: .bar), on: &grid)
    }

    /// What the keys do, in as many words as there may be room for.
    private var keys: [[(String, Style)]] {
        func run(_ key: String, _ words: String) -> [(String, Style)] {
            [("  \(key)", Style(.key, on: .bar)), (" \(words)", Style(.words, on: .bar))]
        }
        let leave = run("Esc", "leave ")
        if note == .waits { return [[("  one moment …", Style(.test, on: .bar))] + leave, leave] }
        let act = if case .save = purpose { "save" } else { "open" }
        return [run("Tab", "complete") + run("Enter", act) + leave, run("Tab", "complete") + leave, leave]
    }

    private func drawQuestion(on grid: inout CellGrid) {
        let words = ["\(path) is there already. Overwrite it?", "Overwrite \(path)?", "Overwrite the file?"]
        let keys = "  y yes  other keys: no "
        let question = words.first { $0.count + 2 + keys.count <= grid.width } ?? words[words.count - 1]
        let x = grid.write(" \(question) ", x: 0, y: grid.height - 1, Style(.onAccent, on: .test, bold: true))
        grid.write(
            [("  y", Style(.key, on: .bar)), (" yes  other keys: no ", Style(.words, on: .bar))], x: x,
            y: grid.height - 1)
    }

    /// As many names as there is room for in a line, and how many others there are.
    static func line(of names: [String], width: Int) -> String {
        var line = ""
        for (index, name) in names.enumerated() {
            let left = names.count - index
            let more = left > 1 ? "  … \(left - 1) more" : ""
            let next = (line.isEmpty ? "" : "  ") + name
            if line.count + next.count + more.count > width {
                return line.isEmpty ? String(name.prefix(max(width, 0))) : line + "  … \(left) more"
            }
            line += next
        }
        return line
    }
}
