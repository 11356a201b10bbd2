/// A small terminal: what `xterm-256color` does with the bytes that ncurses sends. Every character is one cell wide.
public struct ScreenEmulator {
    public internal(set) var buffer: ScreenBuffer
    /// The main screen while the alternate one is shown.
    var hiddenMainBuffer: ScreenBuffer?
    /// The alternate screen as it was when the main one came back.
    public internal(set) var lastAlternateBuffer: ScreenBuffer?
    var pen = Pen()
    var savedPen = Pen()
    /// The rows that scroll.
    var region: Range<Int>
    var tabStops: Set<Int>
    var lastCharacter: Unicode.Scalar?
    private var parser = EscapeParser()

    /// The private modes (ESC [ ? n h) that are on, for example 25 for the visible cursor.
    public internal(set) var enabledModes = ScreenEmulator.initialModes
    /// Whether typed characters push the others to the right (ESC [ 4 h).
    var isInserting = false
    /// What the program asked and a terminal answers; whoever runs the program sends it and empties this.
    public var replies = ""
    /// Everything that this emulator does not know, in readable form.
    public internal(set) var unknownSequences: [String] = []
    public internal(set) var bells = 0

    /// Automatic wrapping and the visible cursor.
    static let initialModes: Set<Int> = [7, 25]

    /// The cursor and what goes with it when it is saved.
    struct Pen {
        var position = ScreenPosition(row: 0, column: 0)
        /// The last column has been written: the next character goes to the next line.
        var isWrapPending = false
        var style = ScreenStyle()
        /// Whether G0 and G1 draw lines instead of letters, and which of the two is in use.
        var drawsLines = [false, false]
        var charset = 0
    }

    public init(rows: Int = 24, columns: Int = 80) {
        buffer = ScreenBuffer(rows: rows, columns: columns)
        region = 0..<rows
        tabStops = Set(stride(from: 8, to: 1000, by: 8))
    }

    /// Takes what a program has written; characters and sequences may be cut anywhere between two calls.
    public mutating func feed(_ bytes: [UInt8]) {
        for item in parser.parse(bytes) {
            perform(item)
        }
    }

    public mutating func feed(_ text: String) {
        feed(Array(text.utf8))
    }

    public mutating func resize(rows: Int, columns: Int) {
        buffer.resize(rows: rows, columns: columns)
        hiddenMainBuffer?.resize(rows: rows, columns: columns)
        region = 0..<rows
        moveCursor(row: pen.position.row, column: pen.position.column)
    }
}

// MARK: - What is on the screen

extension ScreenEmulator {
    public var rows: Int { buffer.rows }
    public var columns: Int { buffer.columns }
    public var cursor: ScreenPosition { pen.position }
    public var isCursorVisible: Bool { enabledModes.contains(25) }
    public var isAlternateScreen: Bool { hiddenMainBuffer != nil }
    /// Whether the terminal would report the mouse to the program.
    public var isMouseEnabled: Bool { !enabledModes.isDisjoint(with: [9, 1000, 1002, 1003]) }
    /// Whether the program is in the middle of a synchronized update.
    public var isUpdating: Bool { enabledModes.contains(2026) }

    public func cell(_ row: Int, _ column: Int) -> ScreenCell { buffer[row, column] }

    /// A line without the blanks at its end.
    public func line(_ row: Int) -> String {
        let line = buffer[row]
        let end = line.lastIndex { $0.character != " " }.map { $0 + 1 } ?? 0
        return String(line[..<end].map(\.character))
    }

    public var lines: [String] { (0..<rows).map(line) }

    /// The lines down to the last one that is not blank.
    public var text: String {
        let lines = lines
        let end = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
        return lines[..<end].joined(separator: "\n")
    }

    public func contains(_ text: String) -> Bool { find(text) != nil }

    /// Where `text` first stands on one line.
    public func find(_ text: String) -> ScreenPosition? {
        for (row, line) in lines.enumerated() {
            if let range = line.firstRange(of: text) {
                let column = line.distance(from: line.startIndex, to: range.lowerBound)
                return ScreenPosition(row: row, column: column)
            }
        }
        return nil
    }
}
