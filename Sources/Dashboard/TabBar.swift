/// The line at the top: the screens and how to reach them, and the two keys that always help.
enum TabBar {
    static func draw(_ state: State, on grid: inout CellGrid) {
        let ground = Style(.words, on: .bar)
        grid.fill(Rect(x: 0, y: 0, width: grid.width, height: 1), with: Cell(" ", ground))
        let look = Look(width: grid.width)
        if look.hasName { grid.write("inkling", x: 1, y: 0, Style(.test, on: .bar, bold: true)) }
        for (screen, columns) in look.tabs {
            let style = screen == state.screen ? Style(.value, on: .selectedTab, bold: true) : ground
            let gap = String(repeating: " ", count: look.gap)
            grid.write(gap + look.label(screen) + gap, x: columns.lowerBound, y: 0, style)
        }
        let keys = state.hints("q", "?").map { look.hasWords ? "\($0.keys) \($0.words)" : $0.keys }
            .joined(separator: look.hasWords ? "  " : " ")
        let free = grid.width - look.end - keys.count
        grid.write(keys, endingAt: grid.width - (free > 0 ? 1 : 0), y: 0, ground)
        let isSmall = grid.width < fullSize.width || grid.height < fullSize.height
        let note = "80 × 24 fits all"
        if isSmall, free >= note.count + 4 { grid.write(note, x: look.end + 2, y: 0, ground) }
    }

    /// The screen whose tab is in the column.
    static func screen(at x: Int, width: Int) -> State.Screen? {
        Look(width: width).tabs.first { $0.1.contains(x) }?.0
    }

    /// How much the line says: the most that there is room for.
    private struct Look {
        var hasName = false
        var hasNumbers = false
        var hasTitles = false
        /// Whether the keys have words.
        var hasWords = false
        /// Blanks on either side of a title.
        var gap = 1

        private static let all = [
            Look(hasName: true, hasNumbers: true, hasTitles: true, hasWords: true),
            Look(hasName: true, hasNumbers: true, hasWords: true), Look(hasNumbers: true, hasWords: true),
            Look(hasWords: true), Look(), Look(gap: 0),
        ]

        init(
            hasName: Bool = false, hasNumbers: Bool = false, hasTitles: Bool = false, hasWords: Bool = false,
            gap: Int = 1
        ) {
            (self.hasName, self.hasNumbers, self.hasTitles) = (hasName, hasNumbers, hasTitles)
            (self.hasWords, self.gap) = (hasWords, gap)
        }

        init(width: Int) {
            self = Self.all.first { $0.end + $0.keysWidth <= width } ?? Look(gap: 0)
        }

        func label(_ screen: State.Screen) -> String {
            (hasNumbers ? "\(screen.rawValue) " : "") + (hasTitles ? screen.content.title : screen.content.shortTitle)
        }

        /// "q quit  ? help", or the keys alone.
        private var keysWidth: Int { hasWords ? 14 : 3 }

        /// The columns of each tab.
        var tabs: [(State.Screen, Range<Int>)] {
            var start = hasName ? 9 : 0
            return State.Screen.allCases.map { screen in
                let end = start + label(screen).count + 2 * gap
                defer { start = end + (gap == 0 ? 1 : 0) }
                return (screen, start..<end)
            }
        }

        var end: Int { (tabs.last?.1.upperBound ?? 0) + (gap == 0 ? 1 : 0) }
    }
}
