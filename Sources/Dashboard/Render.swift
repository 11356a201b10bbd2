/// The smallest window that everything fits into.
public let fullSize = (width: 80, height: 24)
/// The smallest useful window; between the two sizes, less important parts are left out.
public let smallestSize = (width: 40, height: 14)

/// The screen: a function of the state and the size of the window.
public func render(_ state: State, width: Int, height: Int) -> CellGrid {
    var grid = CellGrid(width: width, height: height)
    draw(state, on: &grid)
    state.appearance.adapt(&grid)
    return grid
}

/// The screen as it is for a terminal that shows everything.
func draw(_ state: State, on grid: inout CellGrid) {
    let (width, height) = (grid.width, grid.height)
    if width < smallestSize.width || height < smallestSize.height {
        drawTooSmall(on: &grid)
    } else {
        TabBar.draw(state, on: &grid)
        let content = state.screen.content
        if state.snapshot == nil, content.needsSnapshot {
            let share = state.shareRead.map { " \(Int($0 * 100)) %" } ?? ""
            let text = "Reading the data …\(share)"
            grid.write(text, x: (width - text.count) / 2, y: height / 2, .value)
        } else {
            content.draw(state, in: state.room(width: width, height: height), on: &grid)
        }
        if Welcome.isShown(state) { Welcome.draw(state, y: 1, on: &grid) }
        StatusLine.draw(state, on: &grid)
        if let page = state.helpPage { Help.draw(page: page, state, on: &grid) }
    }
}

private func drawTooSmall(on grid: inout CellGrid) {
    let lines = [
        "The window is too small:", "\(grid.width) × \(grid.height) characters.",
        "inkling needs \(smallestSize.width) × \(smallestSize.height).", "Enlarge it, or q to quit.",
    ]
    for (index, line) in lines.enumerated() {
        grid.write(
            line, x: max((grid.width - line.count) / 2, 0), y: max((grid.height - lines.count) / 2, 0) + index,
            index == 0 ? .title : .plain)
    }
}
