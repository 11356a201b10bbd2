import Training

extension ConfusionScreen {
    /// Where the table and the panels stand. Where there is no room for all classes, the table shows those about the
    /// chosen cell.
    struct Layout {
        let labels: Rect
        let table: Rect
        let cellWidth: Int
        let cellHeight: Int
        let side: Rect
        /// The classes that are shown, from top to bottom and from left to right.
        let rows: Range<Int>, columns: Range<Int>
        /// Lines for the heads of the columns: the digits of a number stand one below the other where cells are narrow.
        let headLines: Int
        /// What stands for each class in the rows, and above the columns.
        let signs: [String], heads: [String]

        /// Cells that are narrower show no numbers above nine.
        static let leastWidth = 2

        init(_ room: Rect, names: [String], chosen: (label: Int, prediction: Int) = (0, 0)) {
            let longest = names.map(\.count).max() ?? 1
            let wide = room.width >= 110
            let sideWidth = wide ? 38 : room.width >= 70 ? 26 : 0
            let labelWidth =
                wide ? (longest == 1 ? 6 : min(longest + 4, 16)) : longest == 3 || names.count > 100 ? 5 : 4
            let classes = max(names.count, 1)
            let width = room.width - sideWidth - labelWidth
            let cellWidth = min(max(width / classes, Self.leastWidth), Self.widest(room, classes))
            // Short names stand for themselves, others for their numbers; above the columns where they fit.
            let numbers = names.indices.map(String.init)
            signs = longest <= 3 ? names : numbers
            heads = longest <= 3 || names.allSatisfy { $0.count < cellWidth } ? names : numbers
            let longestHead = heads.map(\.count).max() ?? 1
            headLines = longestHead < cellWidth ? 1 : longestHead
            let height = max(room.height - 1 - headLines, 1)
            cellHeight = min(max(height / classes, 1), 5)
            self.cellWidth = cellWidth
            rows = Self.part(of: classes, count: height / cellHeight, about: chosen.label)
            columns = Self.part(of: classes, count: max(width / cellWidth, 1), about: chosen.prediction)
            labels = Rect(
                x: room.x, y: room.y + 1 + headLines, width: labelWidth, height: cellHeight * rows.count)
            table = Rect(x: labels.maxX, y: labels.y, width: cellWidth * columns.count, height: labels.height)
            side = Rect(x: room.maxX - sideWidth, y: room.y, width: sideWidth, height: room.height)
        }

        private static func widest(_ room: Rect, _ classes: Int) -> Int {
            max(3 * min(max((room.height - 2) / classes, 1), 5), 9)
        }

        /// All, or so many with the chosen one in their middle.
        private static func part(of classes: Int, count: Int, about chosen: Int) -> Range<Int> {
            let count = min(max(count, 1), classes)
            let first = min(max(chosen - count / 2, 0), classes - count)
            return first..<first + count
        }

        func cell(_ label: Int, _ prediction: Int) -> Rect {
            Rect(
                x: table.x + (prediction - columns.lowerBound) * cellWidth,
                y: table.y + (label - rows.lowerBound) * cellHeight, width: cellWidth, height: cellHeight)
        }

        /// The cell under the mouse; nil where there is none.
        func cell(at mouse: Mouse) -> (label: Int, prediction: Int)? {
            guard table.contains(x: mouse.x, y: mouse.y) else { return nil }
            return (
                rows.lowerBound + (mouse.y - table.y) / cellHeight,
                columns.lowerBound + (mouse.x - table.x) / cellWidth
            )
        }
    }
}
