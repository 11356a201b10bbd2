import Datasets
import NeuralNetwork
import Training

/// Test images as points of a plane, those next to each other that the last hidden layer finds alike.
enum MapView {
    struct Layout {
        let map: Rect
        /// What the map means, and the keys.
        let foot: Rect
        /// For the image in hand and the classes; empty where there is no room.
        let side: Rect

        init(_ rect: Rect) {
            let sideWidth = rect.width >= 110 && rect.height >= 34 ? 34 : rect.width >= 70 ? 20 : 0
            let (left, side) = rect.split(left: rect.width - sideWidth)
            self.side = side.inset(dx: 1, dy: 0)
            let (map, foot) = left.split(top: left.height - 2)
            self.map = map.inset(dx: 1, dy: 0)
            self.foot = foot.inset(dx: 1, dy: 0)
        }
    }

    static func draw(
        _ reading: Reading, _ state: State, _ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        let layout = Layout(rect)
        guard let map = state.network.map.map(for: snapshot) else {
            Message.draw("Placing the images …", in: layout.map, on: &grid)
            return
        }
        let places = Places(map, reading, state.network.sample, in: layout.map)
        if places.isEmpty {
            Message.draw("The weights grew out of all bounds: nothing can be placed.", in: layout.map, on: &grid)
        }
        for (place, image) in places.images { grid[place.x, place.y] = cell(of: image, map, snapshot) }
        if let place = places.chosen {
            // No digit, so that without colours it is not taken for a misread one.
            grid[place.x, place.y] = Cell("●", Style(.onAccent, on: .key, bold: true))
        }
        drawFoot(map, reading, state, snapshot, layout, on: &grid)
        if !layout.side.isEmpty { drawSide(map, reading, snapshot, in: layout.side, on: &grid) }
    }

    /// A class's number in its colour; what is misread stands on a ground of that colour. An untrained network only
    /// guesses.
    private static func cell(of image: Int, _ map: ImageMap, _ snapshot: TrainingSnapshot) -> Cell {
        let label = map.images.set.labels[image]
        let isRead = map.predictions[image] == label || snapshot.isUntrained
        let signs = ClassInk.signs(snapshot.dataset.classNames)
        return Cell(
            signs.indices.contains(Int(label)) ? signs[Int(label)] : "?",
            isRead ? Style(.label(label)) : Style(.onAccent, on: .label(label), bold: true))
    }

    private static func drawFoot(
        _ map: ImageMap, _ reading: Reading, _ state: State, _ snapshot: TrainingSnapshot, _ layout: Layout,
        on grid: inout CellGrid
    ) {
        let names = snapshot.dataset.classNames
        let right = map.predictions.indices.count { map.predictions[$0] == map.images.set.labels[$0] }
        let sign =
            ClassInk.signs(names).allSatisfy(\.properties.isASCIIHexDigit) && names.count <= 10 ? "digit" : "sign"
        let near: [(String, Style)] = [("Near: alike to the network.", .plain)]
        let misread: [(String, Style)] =
            snapshot.isUntrained
            ? [(" Untrained, it guesses.", .plain)]
            : [(" ", .plain), ("Marked so", Style(.onAccent, on: .label(1), bold: true)), (": misread.", .plain)]
        let count: [(String, Style)] = [
            (" \(Format.grouped(right)) of \(Format.grouped(map.images.count))", .value), (" are read right.", .plain),
        ]
        let read: [(String, Style)] = [
            (" Chosen: ", .plain), (reading.label.map { "\(names[$0]), " } ?? "", .plain), ("read as ", .plain),
            (names[reading.answer], Style(reading.ink, bold: true)),
        ]
        let ways =
            layout.side.isEmpty
            ? [near + read, read, Array(read.suffix(2))]
            : [
                [("A \(sign) is a \(snapshot.dataset.judge) image. ", .plain)] + near + misread + count,
                near + misread + count,
                near + misread,
            ]
        grid.write(firstOf: ways + [near], x: layout.foot.x, y: layout.foot.y, width: layout.foot.width)
        KeyLine.draw(state.hints(.left, .enter, "d"), in: layout.foot.split(top: 1).1, on: &grid)
    }

    /// The image in hand, then how many images of each class are read right.
    private static func drawSide(
        _ map: ImageMap, _ reading: Reading, _ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        let names = snapshot.dataset.classNames
        let isWhole = rect.width >= reading.width + 2
        let (pixels, width) =
            isWhole
            ? (reading.pixels, reading.width)
            : Picture.shrunk(reading.pixels, width: reading.width, toFit: 14)
        let height = (pixels.count / max(width, 1) + 1) / 2
        grid.write(reading.title.fitted(to: rect.width), x: rect.x, y: rect.y, .value)
        guard width <= rect.width, height + min(names.count, 1) + 4 <= rect.height else { return }
        Picture.draw(pixels, width: width, x: rect.x, y: rect.y + 1, on: &grid)
        var y = rect.y + height + 1
        if let label = reading.label {
            grid.write([("it is ", .plain), (names[label], Style(.right, bold: true))], x: rect.x, y: y)
            y += 1
        }
        let answer = (names[reading.answer], Style(reading.ink, bold: true))
        let words = (reading.isUntrained ? "a guess: " : "read as ", Style.plain)
        let share = Format.percent(Double(reading.probabilities[reading.answer]), decimals: 0)
        grid.write(
            firstOf: [[words, answer, (" (\(share))", .plain)], [words, answer], [answer]], x: rect.x, y: y,
            width: rect.width)
        y = rect.y + height + 3
        grid.write("read right", endingAt: rect.maxX, y: y)
        var counts = names.map { _ in (images: 0, right: 0) }
        for image in 0..<map.images.count {
            let label = Int(map.images.set.labels[image])
            counts[label].images += 1
            if map.predictions[image] == map.images.set.labels[image] { counts[label].right += 1 }
        }
        let signs = ClassInk.signs(names)
        // Those read worst where there is no room for all.
        let shares = counts.map { $0.images == 0 ? 2 : Double($0.right) / Double($0.images) }
        for label in ClassList.shown(names.count, rows: rect.maxY - y - 2, by: { shares[$0] < shares[$1] }) {
            y += 1
            let (name, (images, right)) = (names[label], counts[label])
            grid.write(String(signs[label]), x: rect.x, y: y, Style(.label(UInt8(label)), bold: true))
            if name != String(signs[label]) { grid.write(name.fitted(to: rect.width - 7), x: rect.x + 2, y: y) }
            guard images > 0 else { continue }
            let share = Format.percent(Double(right) / Double(images), decimals: 0)
            grid.write(share, endingAt: rect.maxX, y: y, .value)
        }
        let text =
            "Across and up: the two directions in which the images differ most to the network, "
            + "\(Format.percent(map.share, decimals: 0)) of all differences."
        let room = Rect(x: rect.x, y: y + 2, width: rect.width, height: rect.maxY - y - 2)
        if Paragraph.lines(text, width: room.width).count <= room.height { Paragraph.draw(text, in: room, on: &grid) }
    }

    /// A cell of the screen.
    struct Place: Hashable {
        let x, y: Int
    }

    /// Which image is shown in which cell. Where several meet, the first misread one, else the first.
    struct Places {
        private(set) var images: [Place: Int] = [:]
        /// Of the image in hand; nil where it has none.
        private(set) var chosen: Place?

        var isEmpty: Bool { images.isEmpty && chosen == nil }

        init(_ map: ImageMap, _ reading: Reading, _ sample: NetworkState.Sample, in rect: Rect) {
            guard !rect.isEmpty else { return }
            let places = (0..<map.images.count).map { (map.places[$0, 0], map.places[$0, 1]) }
            let sound = places.filter { $0.0.isFinite && $0.1.isFinite }
            let (across, up) = (Span(sound.map(\.0)), Span(sound.map(\.1)))
            func place(_ point: (Float, Float)) -> Place? {
                guard point.0.isFinite, point.1.isFinite, !sound.isEmpty else { return nil }
                return Place(
                    x: rect.x + across.cell(point.0, of: rect.width),
                    y: rect.maxY - 1 - up.cell(point.1, of: rect.height))
            }
            for (image, point) in places.enumerated() {
                guard let place = place(point) else { continue }
                func isMisread(_ image: Int) -> Bool { map.predictions[image] != map.images.set.labels[image] }
                if let first = images[place], isMisread(first) || !isMisread(image) { continue }
                images[place] = image
            }
            if case .image(let index) = sample, index < places.count {
                chosen = place(places[index])
            } else {
                let point = map.place(of: reading.input)
                chosen = place((point.across, point.up))
            }
        }

        /// The image shown nearest to a cell, at most so many columns away.
        func image(near place: Place, within distance: Int) -> Int? {
            images.filter { Self.distance($0.key, place) <= distance }.min {
                (Self.distance($0.key, place), $0.value) < (Self.distance($1.key, place), $1.value)
            }?.value
        }

        /// The next image in a direction, one of whose parts is 0.
        func image(across dx: Int, down dy: Int) -> Int? {
            guard let chosen else { return images.values.min() }
            func cost(_ place: Place) -> Int? {
                let (x, y) = (place.x - chosen.x, 2 * (place.y - chosen.y))
                let (along, beside) = (dx * x + dy * y, abs(dy * x) + abs(dx * y))
                return along > 0 && beside <= 2 * along ? along + 2 * beside : nil
            }
            return images.compactMap { place, image in cost(place).map { ($0, image) } }.min { $0 < $1 }?.1
        }

        /// In columns; a row is as high as two columns are wide.
        private static func distance(_ a: Place, _ b: Place) -> Int { abs(a.x - b.x) + 2 * abs(a.y - b.y) }
    }

    /// From the least to the greatest of some numbers.
    private struct Span {
        private let least: Float, extent: Float

        init(_ values: [Float]) {
            least = values.min() ?? 0
            extent = (values.max() ?? 0) - least
        }

        /// The cell of a number, 0 ..< count; what lies beyond is at the edge.
        func cell(_ value: Float, of count: Int) -> Int {
            guard extent > 0, extent.isFinite else { return count / 2 }
            return Int((min(max((value - least) / extent, 0), 1) * Float(count - 1)).rounded())
        }
    }
}
