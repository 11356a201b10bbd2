import Datasets

/// An image and what a distorter makes of it from epoch to epoch, side by side.
struct CopiesPicture {
    private let image: [UInt8]
    private let width: Int
    private let sample: Int
    private let distorter: Distorter

    /// Of larger images the middle is shown.
    private static let side = 24

    /// - Parameter sample: an image of the set.
    init(_ images: ImageSet, sample: Int, _ distortion: Distortion) {
        image = Array(images.image(sample))
        width = images.width
        self.sample = sample
        distorter = Distorter(distortion, height: images.height, width: images.width, seed: 0)
    }

    /// Draws as many as there is room for in the upper part, at half size where fewer than three would fit, and returns
    /// the rows used.
    func draw(in room: Rect, on grid: inout CellGrid) -> Int {
        let original = Picture.middle(image, width: width, side: Self.side)
        let height = original.pixels.count / max(original.width, 1)
        let halves = room.width < 3 * original.width + 2 || room.height < height / 2 + 12
        let (across, down) = halves ? (original.width / 2, height / 4) : (original.width, (height + 1) / 2)
        let columns = (room.width + 1) / (across + 1)
        // The charts below have at least as much.
        let rows = max(min((room.height / 2 - 1) / (down + 1), 2), 1)
        guard across > 0, columns > 0, room.height > down + 4 else { return 0 }
        grid.write("image", x: room.x, y: room.y, .title)
        let words = halves && room.width < 60 ? "two copies of it" : "its copies in the first epochs"
        grid.write(words, x: room.x + max(across, 6) + 1, y: room.y)
        for index in 0..<columns * rows {
            var pixels =
                index == 0
                ? original.pixels
                : Picture.middle(
                    distorter.distorted(image, epoch: index - 1, sample: sample), width: width, side: Self.side
                ).pixels
            if halves { pixels = Picture.halved(pixels, width: original.width) }
            Picture.draw(
                pixels, width: across, x: room.x + index % columns * (across + 1),
                y: room.y + 1 + index / columns * (down + 1), on: &grid)
        }
        return 1 + rows * (down + 1)
    }
}
