/// The line at the top: the screens and how to reach them, and the two keys that always help.
enum TabBar {
    static func draw(_ state: State, on grid: inout CellGrid) {
        let ground = Style(.words, on: .bar)
        grid.fill(Rect(x: 0, y: 0, width: grid.width, height: 1), with: Cell(" ", ground))
        let look = Look(width: grid.width)
        if look.hasName { grid.write("inkling", x: 1, y: 0, Style(.test, on: .bar, bold: true)) }
        for tab in look.tabs {
            let style = tab.screen == state.screen ? Style(.value, on: .selectedTab, bold: true) : ground
            grid.write(tab.label, x: tab.columns.lowerBound, y: 0, style)
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
        Look(width: width).tabs.first { $0.columns.contains(x) }?.screen
    }

    /// How much the line says: the most that there is room for.
    private struct Look {
        let hasName: Bool
        /// Whether the keys have words.
        let hasWords: Bool
        /// Each tab with the blanks around its title.
        let tabs: [(screen: State.Screen, label: String, columns: Range<Int>)]
        /// The column after the last.
        let end: Int

        private static let all = [
            Look(hasName: true, hasNumbers: true, hasTitles: true, hasWords: true),
            Look(hasName: true, hasNumbers: true, hasWords: true), Look(hasNumbers: true, hasWords: true),
            Look(hasWords: true), Look(), Look(gap: 0),
        ]

        /// - Parameter gap: blanks on either side of a title.
        init(
            hasName: Bool = false, hasNumbers: Bool = false, hasTitles: Bool = false, hasWords: Bool = false,
            gap: Int = 1
        ) {
            (self.hasName, self.hasWords) = (hasName, hasWords)
            let blanks = String(repeating: " ", count: gap)
            var start = hasName ? 9 : 0
            tabs = State.Screen.allCases.map { screen in
                let title = hasTitles ? screen.content.title : screen.content.shortTitle
                let label = blanks + (hasNumbers ? "\(screen.rawValue) " : "") + title + blanks
                let columns = start..<start + label.count
                start = columns.upperBound + (gap == 0 ? 1 : 0)
                return (screen, label, columns)
            }
            end = start
        }

        init(width: Int) {
            self = Self.all.first { $0.end + $0.keysWidth <= width } ?? Self.all[Self.all.count - 1]
        }

        /// "q quit  ? help", or the keys alone.
        private var keysWidth: Int { hasWords ? 14 : 3 }
    }
}
