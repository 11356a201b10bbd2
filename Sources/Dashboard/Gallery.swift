/// Pictures beside and below each other, each above lines of text; page by page where there are many.
struct Gallery {
    /// Of a picture, in pixels: half of the network's.
    static let side = 14

    let room: Rect
    /// Lines below a picture.
    private let captionHeight: Int
    /// At least one of each; one where there is no room at all, as while a picture fills the screen.
    let columns: Int, rows: Int

    init(in room: Rect, captionHeight: Int = 1) {
        (self.room, self.captionHeight) = (room, captionHeight)
        columns = room.isEmpty ? 1 : max((room.width - 1) / (Self.side + 1), 1)
        rows = room.isEmpty ? 1 : max((room.height + 1) / (Self.side / 2 + captionHeight + 1), 1)
    }

    var pageSize: Int { columns * rows }

    /// "2/5"; nil where all of `count` are on one page.
    func page(of place: Int, of count: Int) -> String? {
        count > pageSize ? "\(place / pageSize + 1)/\((count + pageSize - 1) / pageSize)" : nil
    }

    /// The places, of `count`, on the page of one of them.
    func places(around place: Int, of count: Int) -> Range<Int> {
        let first = place / pageSize * pageSize
        return first..<max(min(first + pageSize, count), first)
    }

    /// Where the picture of a place and the lines below it stand.
    func picture(_ place: Int) -> Rect {
        let (row, column) = (place % pageSize).quotientAndRemainder(dividingBy: columns)
        return Rect(
            x: room.x + 1 + column * ((room.width - 1) / columns),
            y: room.y + row * (Self.side / 2 + captionHeight + 1), width: Self.side,
            height: Self.side / 2 + captionHeight)
    }

    /// The place that the mouse is on; nil between the pictures.
    func place(at mouse: Mouse, around place: Int, of count: Int) -> Int? {
        places(around: place, of: count).first { picture($0).contains(x: mouse.x, y: mouse.y) }
    }

    /// Marks a picture as chosen.
    static func mark(_ picture: Rect, on grid: inout CellGrid) {
        for y in picture.y..<picture.maxY {
            grid[picture.x - 1, y] = Cell("▌", .key)
            grid[picture.maxX, y] = Cell("▐", .key)
        }
    }
}
