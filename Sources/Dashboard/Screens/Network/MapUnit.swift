import NeuralNetwork
import Training

extension FeatureMapsView {
    /// One place of one map: which part of the image it looks at, with which patterns, and what they add up to.
    struct Unit {
        private let map: Neuron
        private let layer: Layer
        private let field: ReceptiveField
        private let reading: Reading
        /// Its map and what it gives, or that the map is dead; what it looks at; what its map does for all images.
        private let words: [[(String, Style)]]
        /// From which map of the layer before, with which pattern, and how much it adds; the strongest first.
        private let connections: [(from: Int, filter: [Float], part: Float)]

        init(_ map: Neuron, place: Int, isChosen: Bool, _ reading: Reading, _ snapshot: TrainingSnapshot) {
            (self.map, self.reading) = (map, reading)
            layer = reading.network.layers[map.layer]
            let (row, column) = (place / layer.output.width, place % layer.output.width)
            field = reading.network.receptiveField(row: row, column: column, layer: map.layer)
            let value = Format.significant(Double(reading.map(of: map)[place]))
            let pixels = "\(field.rows.count)×\(field.columns.count) pixels"
            var words: [[(String, Style)]] = [
                [
                    (NeuronPanel.name(of: map, snapshot), .title), (" gives ", .plain), (value, .value),
                    (isChosen ? " at the ●" : " at most, at the ●", .plain),
                ],
                [("In the frame", .key), (": what the ● looks at, \(pixels)", .plain)],
            ]
            if snapshot.isDead(map) {
                words[0] = [words[0][0], (" is dead: silent for all images", Style(.wrong, bold: true))]
            } else if let statistics = snapshot.statistics(of: map) {
                let names = snapshot.dataset.classNames
                words.append([
                    ("fires at \(Format.percent(Double(statistics.firingShare), decimals: 0)) of all places", .plain),
                    (", most for \(NeuronPanel.favourites(statistics, names))", .plain),
                ])
            } else if case .maxPool(let pool) = layer {
                words.append([("the largest of \(pool.size)×\(pool.size) places of the map before", .plain)])
            }
            self.words = words
            guard case .convolution(let convolution) = layer else {
                connections = []
                return
            }
            let values = reading.passes[map.layer].input.elements
            let parts = convolution.parts(of: values, rows: row..<row + 1, columns: column..<column + 1)
            connections = (0..<convolution.input.channels).map {
                ($0, convolution.filter(from: $0, to: map.index), parts[$0, map.index])
            }.sorted { abs($0.part) > abs($1.part) }
        }

        /// In a frame of its own, the image whole.
        func drawSide(_ keys: [Keys.Entry], in rect: Rect, on grid: inout CellGrid) {
            let room = Panel.draw("Map \(map.index) of layer \(map.layer + 1)", in: rect, on: &grid)
            let picture = drawImage(in: Rect(x: room.x, y: room.y, width: room.width, height: 16), on: &grid)
            var rest = Rect(
                x: room.x + 1, y: picture.maxY + 1, width: room.width - 2, height: room.maxY - picture.maxY - 1)
            for runs in words {
                // Word for word: the panel is narrow.
                let text = runs.map(\.0).joined()
                let isDead = runs.last?.1.ink == .wrong
                let used = Paragraph.draw(text, in: rest, isDead ? Style(.wrong) : .plain, on: &grid)
                rest = rest.split(top: used).1
            }
            let keyRows = min(keys.count, max(rest.height - 1, 0))
            let (filters, foot) = rest.split(top: rest.height - keyRows)
            let (title, patterns) = filters.split(top: filters.height > 2 ? 2 : 0)
            if !connections.isEmpty, title.height > 1 {
                grid.write("Patterns, and what they add:", x: title.x, y: title.y + 1)
            }
            drawConnections(in: patterns, on: &grid)
            Keys.draw(keys, in: foot, on: &grid)
        }

        /// Below the maps: the image at the left, small, and words and patterns beside it.
        func drawFoot(_ keys: [Keys.Entry], in rect: Rect, on grid: inout CellGrid) {
            var room = rect.inset(dx: 1, dy: 0)
            if rect.height >= 9 {
                let picture = drawImage(in: Rect(x: rect.x, y: rect.y, width: 16, height: 9), on: &grid)
                room = rect.split(left: picture.maxX - rect.x + 2).1
            }
            let (top, keyLine) = room.split(top: room.height - 1)
            let lines = rect.height >= 9 ? 2 : 1
            for (index, runs) in words.prefix(lines).enumerated() {
                grid.write(asManyOf: runs, x: top.x, y: top.y + index, width: top.width)
            }
            let rest = top.split(top: lines).1
            if connections.isEmpty {
                if let runs = words.dropFirst(lines).first {
                    grid.write(asManyOf: runs, x: rest.x, y: rest.y, width: rest.height > 0 ? rest.width : 0)
                }
            } else {
                drawConnections(in: rest, on: &grid)
                if rest.height > patternSize.height {
                    let text = "Above: its patterns for the \(map.layer == 0 ? "image" : "maps before"), what each adds"
                    grid.write(firstOf: [[(text, .plain)]], x: rest.x, y: rest.maxY - 1, width: rest.width)
                }
            }
            KeyLine.draw(keys, in: keyLine, on: &grid)
        }

        /// The image, with a frame about what the place looks at. Returns where the picture stands, a cell within `rect`.
        private func drawImage(in rect: Rect, on grid: inout CellGrid) -> Rect {
            var (pixels, width, halvings) = (reading.pixels, reading.width, 0)
            while width > 1, width > rect.width - 2 || pixels.count / width > 2 * (rect.height - 2) {
                pixels = Picture.halved(pixels, width: width)
                (width, halvings) = (width / 2, halvings + 1)
            }
            let rows = (pixels.count / width + 1) / 2
            let picture = Rect(x: rect.x + max((rect.width - width) / 2, 1), y: rect.y + 1, width: width, height: rows)
            Picture.draw(pixels, width: width, x: picture.x, y: picture.y, on: &grid)
            func cells(_ pixels: Range<Int>, _ size: Int, _ limit: Int) -> ClosedRange<Int> {
                min(pixels.lowerBound / size, limit - 1)...min((pixels.upperBound - 1) / size, limit - 1)
            }
            let columns = cells(field.columns, 1 << halvings, picture.width)
            let lines = cells(field.rows, 2 << halvings, picture.height)
            let (left, right) = (picture.x + columns.lowerBound - 1, picture.x + columns.upperBound + 1)
            let (top, bottom) = (picture.y + lines.lowerBound - 1, picture.y + lines.upperBound + 1)
            func mark(_ character: Unicode.Scalar, _ x: Int, _ y: Int) {
                grid[x, y] = Cell(
                    character, Style(.key, on: picture.contains(x: x, y: y) ? .grey(0) : .standard))
            }
            for x in left + 1..<right {
                mark("─", x, top)
                mark("─", x, bottom)
            }
            for y in top + 1..<bottom {
                mark("│", left, y)
                mark("│", right, y)
            }
            mark("╭", left, top)
            mark("╮", right, top)
            mark("╰", left, bottom)
            mark("╯", right, bottom)
            return picture
        }

        /// How many times its size a pattern is drawn, and the cells that it takes with two lines below it.
        private var patternSize: (factor: Int, width: Int, height: Int) {
            guard case .convolution(let convolution) = layer else { return (1, 0, 0) }
            // Patterns of one to three pixels a side are doubled to be seen.
            let factor = convolution.kernel <= 3 ? 2 : 1
            let side = convolution.kernel * factor
            return (factor, max(side, 6) + 1, (side + 1) / 2 + 2)
        }

        /// Its patterns with the maps that they are laid over and what they add, as many as there is room for.
        private func drawConnections(in rect: Rect, on grid: inout CellGrid) {
            guard case .convolution(let convolution) = layer, rect.height >= 4 else { return }
            let (factor, pitch, height) = patternSize
            let side = convolution.kernel * factor
            let columns = (rect.width + 1) / pitch
            let scale = connections.reduce(0) { max($0, SignedPicture.scale(of: $1.filter)) }
            let rows = rect.height / height
            for (number, connection) in connections.prefix(columns * rows).enumerated() {
                let (x, y) = (rect.x + number % columns * pitch, rect.y + number / columns * height)
                let values = SignedPicture.enlarged(connection.filter, width: convolution.kernel, by: factor)
                SignedPicture.draw(values, width: side, scale: scale, x: x, y: y, on: &grid)
                let style = Style(connection.part < 0 ? .negative(5) : .positive(5))
                grid.write(map.layer == 0 ? "image" : "map \(connection.from)".fitted(to: 6), x: x, y: y + height - 2)
                let sign = connection.part < 0 ? "" : "+"
                grid.write(sign + Format.short(Double(connection.part)), x: x, y: y + height - 1, style)
            }
        }
    }
}
