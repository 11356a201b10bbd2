import NeuralNetwork

/// The strongest connections between two layers for one image: what a neuron gives times the weight.
struct Connections {
    struct Connection {
        let from: Int
        let to: Int
        /// What it adds to the neuron that it leads to.
        let strength: Float
    }

    /// The weakest first.
    let strongest: [Connection]

    /// - Parameters:
    ///   - values: what each input of the layer gives, `[inputs]`.
    ///   - weights: of the layer, `[inputs × outputs]`.
    ///   - inputs, outputs: between which connections are looked for.
    init(_ count: Int, values: [Float], weights: Matrix, inputs: [Int], outputs: [Int]) {
        var found: [Connection] = []
        var threshold: Float = 0
        let columns = weights.columns
        weights.withUnsafeElements { weights in
            for from in inputs where values[from] != 0 {
                for to in outputs {
                    let strength = values[from] * weights[from * columns + to]
                    guard abs(strength) > threshold else { continue }
                    let place = found.firstIndex { abs($0.strength) > abs(strength) } ?? found.count
                    found.insert(Connection(from: from, to: to, strength: strength), at: place)
                    if found.count > count { found.removeFirst() }
                    if found.count == count { threshold = abs(found[0].strength) }
                }
            }
        }
        strongest = found
    }

    /// - Parameter parts: what each neuron before adds to each neuron, `[neurons before × neurons]`.
    init(_ count: Int, parts: Matrix, inputs: [Int], outputs: [Int]) {
        self.init(
            count, values: Array(repeating: 1, count: parts.rows), weights: parts, inputs: inputs, outputs: outputs)
    }

    /// Lines from the left to the right edge of `rect`; `start` and `end` give the rows, in quarters of a cell.
    func draw(
        in rect: Rect, start: (Int) -> Int, end: (Int) -> Int, on grid: inout CellGrid
    ) {
        guard !rect.isEmpty, let most = strongest.last.map({ abs($0.strength) }), most > 0 else { return }
        var all = BrailleCanvas(columns: rect.width, rows: rect.height)
        for connection in strongest {
            // Dotted where it pushes down, so that it shows without colours too.
            let isDotted = connection.strength < 0
            let ends = (x: 0, y: start(connection.from))
            let other = (x: all.width - 1, y: end(connection.to))
            var one = BrailleCanvas(columns: rect.width, rows: rect.height)
            one.line(from: ends, to: other, isDotted: isDotted)
            all.line(from: ends, to: other, isDotted: isDotted)
            // In a network that diverged, the share of an infinite strength is no number.
            let share = abs(connection.strength) / most
            let level = UInt8(share.isFinite ? 3 + 3 * share : 6)
            for row in 0..<rect.height {
                for column in 0..<rect.width where one.character(column: column, row: row) != nil {
                    guard let character = all.character(column: column, row: row) else { continue }
                    let ink: Ink = isDotted ? .negative(level) : .positive(level)
                    grid[rect.x + column, rect.y + row] = Cell(character, Style(ink))
                }
            }
        }
    }
}
