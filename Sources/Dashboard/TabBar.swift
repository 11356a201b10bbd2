/// The line at the top: the screens and how to reach them.
enum TabBar {
    static func draw(_ state: State, on grid: inout CellGrid) {
        let ground = Style(.words, on: .bar)
        grid.fill(Rect(x: 0, y: 0, width: grid.width, height: 1), with: Cell(" ", ground))
        if grid.width >= namedWidth { grid.write("inkling", x: 1, y: 0, Style(.test, on: .bar, bold: true)) }
        for (screen, columns) in tabs(width: grid.width) {
            let style = screen == state.screen ? Style(.value, on: .selectedTab, bold: true) : ground
            grid.write(" \(label(screen, width: grid.width)) ", x: columns.lowerBound, y: 0, style)
        }
        let isSmall = grid.width < fullSize.width || grid.height < fullSize.height
        let quit = state.hints("q").map { "\($0.keys) \($0.words)  " }.joined()
        let help = state.hints("?").map { grid.width >= 60 ? "\($0.keys) \($0.words) " : "\($0.keys) " }.joined()
        let note = grid.width < 60 ? "" : isSmall ? "80 × 24 fits all  " : grid.width >= 100 ? quit : ""
        grid.write(note + help, endingAt: grid.width, y: 0, ground)
    }

    /// From here on the bar has the program's name and the titles of the screens.
    private static let namedWidth = 70

    /// The screen whose tab is in the column.
    static func screen(at x: Int, width: Int) -> State.Screen? {
        tabs(width: width).first { $0.1.contains(x) }?.0
    }

    /// The columns of each tab.
    private static func tabs(width: Int) -> [(State.Screen, Range<Int>)] {
        var start = width >= namedWidth ? 11 : 0
        return State.Screen.allCases.map { screen in
            let end = start + label(screen, width: width).count + 2
            defer { start = end }
            return (screen, start..<end)
        }
    }

    private static func label(_ screen: State.Screen, width: Int) -> String {
        width >= namedWidth
            ? "\(screen.rawValue) \(width >= 100 ? screen.content.title : screen.content.shortTitle)"
            : screen.content.shortTitle
    }
}
