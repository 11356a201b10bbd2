/// One character of the screen.
public struct Cell: Sendable, Equatable {
    public var character: Unicode.Scalar
    public var style: Style

    public init(_ character: Unicode.Scalar = " ", _ style: Style = .plain) {
        self.character = character
        self.style = style
    }
}

/// A part of the screen in cells, from the upper left corner.
public struct Rect: Sendable, Equatable {
    public var x: Int
    public var y: Int
    public var width: Int
    public var height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(width, 0)
        self.height = max(height, 0)
    }

    public var maxX: Int { x + width }
    public var maxY: Int { y + height }
    public var isEmpty: Bool { width == 0 || height == 0 }

    public func contains(x: Int, y: Int) -> Bool {
        x >= self.x && x < maxX && y >= self.y && y < maxY
    }

    func inset(dx: Int, dy: Int) -> Rect {
        Rect(x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy)
    }

    /// The upper part of the given height and the rest.
    func split(top: Int) -> (Rect, Rect) {
        let top = min(max(top, 0), height)
        return (
            Rect(x: x, y: y, width: width, height: top), Rect(x: x, y: y + top, width: width, height: height - top)
        )
    }

    /// The left part of the given width and the rest.
    func split(left: Int) -> (Rect, Rect) {
        let left = min(max(left, 0), width)
        return (
            Rect(x: x, y: y, width: left, height: height), Rect(x: x + left, y: y, width: width - left, height: height)
        )
    }
}

/// What the screen shows. Whatever is drawn beyond the edges is left out, so that no view needs to care.
public struct CellGrid: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// Row by row, `[height × width]`.
    public private(set) var cells: [Cell]
    /// What became of the texts, for tests that ask for it.
    var log: TextLog?

    public init(width: Int, height: Int) {
        self.width = max(width, 0)
        self.height = max(height, 0)
        cells = Array(repeating: Cell(), count: self.width * self.height)
    }

    /// Where another grid of the same size has another cell, as places in `cells`.
    public func places(unlike other: CellGrid) -> [Int] { cells.indices.filter { cells[$0] != other.cells[$0] } }

    var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    /// Reading beyond the edges gives a blank.
    public subscript(x: Int, y: Int) -> Cell {
        get { bounds.contains(x: x, y: y) ? cells[y * width + x] : Cell() }
        set {
            guard bounds.contains(x: x, y: y) else { return }
            log?.cover(cells[y * width + x], with: newValue, x: x, y: y)
            cells[y * width + x] = newValue
        }
    }

    /// Writes from left to right in at most `limit` cells, and returns the column after the last character.
    @discardableResult
    public mutating func write(_ text: String, x: Int, y: Int, _ style: Style = .plain, limit: Int = .max) -> Int {
        log?.begin(text, limit: limit)
        let bounds = bounds
        defer { log?.end(x: x, y: y, bounds: bounds) }
        var column = x
        for scalar in text.unicodeScalars.prefix(limit) {
            self[column, y] = Cell(scalar, style)
            column += 1
        }
        return column
    }

    /// Writes so that the last character stands in the column before `end`.
    public mutating func write(_ text: String, endingAt end: Int, y: Int, _ style: Style = .plain) {
        write(text, x: end - text.unicodeScalars.count, y: y, style)
    }

    /// Writes runs of differently styled text one after the other.
    @discardableResult
    public mutating func write(_ runs: [(String, Style)], x: Int, y: Int) -> Int {
        log?.beginRuns()
        defer { log?.endRuns() }
        return runs.reduce(x) { write($1.0, x: $0, y: y, $1.1) }
    }

    /// Writes the first of some ways to say the same that is no longer than `width`; nothing where none is.
    mutating func write(firstOf ways: [[(String, Style)]], x: Int, y: Int, width: Int) {
        if let runs = ways.first(where: { $0.reduce(0) { $0 + $1.0.unicodeScalars.count } <= width }) {
            write(runs, x: x, y: y)
        }
    }

    /// Writes as many of some runs as there is room for, whole ones from the first on.
    mutating func write(asManyOf runs: [(String, Style)], x: Int, y: Int, width: Int) {
        let ways = (0...runs.count).reversed().map { Array(runs.prefix($0)) }
        write(firstOf: ways, x: x, y: y, width: width)
    }

    /// Makes room for what is to lie over everything else.
    mutating func clear(_ rect: Rect) {
        log?.forget(rect)
        fill(rect, with: Cell())
    }

    public mutating func fill(_ rect: Rect, with cell: Cell) {
        for y in max(rect.y, 0)..<max(min(rect.maxY, height), max(rect.y, 0)) {
            for x in max(rect.x, 0)..<max(min(rect.maxX, width), max(rect.x, 0)) { self[x, y] = cell }
        }
    }

    /// Takes over of what is drawn only what lies in `rect`.
    mutating func clip(to rect: Rect, _ draw: (inout CellGrid) -> Void) {
        var drawn = self
        drawn.log?.room = rect
        draw(&drawn)
        // What became of the texts was noted when they were drawn.
        log = nil
        for y in rect.y..<rect.maxY {
            for x in rect.x..<rect.maxX { self[x, y] = drawn[x, y] }
        }
        log = drawn.log
        log?.room = nil
    }

    public mutating func mapCells(_ transform: (Cell) -> Cell) {
        for index in cells.indices { cells[index] = transform(cells[index]) }
    }

    /// The characters alone, blanks at the ends of lines left out.
    public var text: String {
        (0..<height).map { y in
            let row = cells[y * width..<(y + 1) * width]
            let end = row.lastIndex { $0.character != " " }.map { $0 + 1 } ?? row.startIndex
            return String(String.UnicodeScalarView(row[..<end].map(\.character)))
        }.joined(separator: "\n")
    }
}
