import Datasets
import Training

/// What the network is being shown: images of the data set and below each what is made of it in the epoch under way, and
/// where there is room in those that follow. The same pixels as the trainer's, as seed, epoch and number decide them.
enum DistortionsView {
    struct Layout {
        /// How often the pictures are halved.
        let halvings: Int
        /// Of a picture, in cells.
        let width: Int, height: Int
        let columns: Int
        /// Rows of distorted images below the originals.
        let epochs: Int
        let text: Rect
        let pictures: Rect
        let keys: Rect

        /// - Parameter room: inside of the frame.
        init(_ room: Rect, imageWidth: Int, imageHeight: Int) {
            let (text, rest) = room.split(top: room.height >= 12 ? 1 : 0)
            let (pictures, keys) = rest.split(top: rest.height - 1)
            (self.text, self.pictures, self.keys) = (text, pictures, keys)
            // The largest of which a few stand side by side, with the originals above.
            var (halvings, width, height) = (0, imageWidth, (imageHeight + 1) / 2)
            while width > 8, (width + 2) * 4 > pictures.width || (height + 1) * 2 > pictures.height {
                (halvings, width, height) = (halvings + 1, width / 2, (imageHeight >> (halvings + 1)) / 2)
            }
            (self.halvings, self.width, self.height) = (halvings, max(width, 1), max(height, 1))
            columns = min(max(pictures.width / (self.width + 1), 0), 12)
            epochs = max(pictures.height / (self.height + 1) - 1, 0)
        }
    }

    /// The room inside of the frame.
    private static func inside(_ room: Rect) -> Rect { room.inset(dx: 2, dy: 1) }

    /// How many images are seen at a time.
    static func count(in room: Rect, _ snapshot: TrainingSnapshot) -> Int {
        let images = snapshot.dataset.train
        return Layout(inside(room), imageWidth: images.width, imageHeight: images.height).columns
    }

    static func draw(
        _ snapshot: TrainingSnapshot, first: Int, _ keys: [Keys.Entry], in room: Rect, on grid: inout CellGrid
    ) {
        let images = snapshot.dataset.train
        let layout = Layout(inside(room), imageWidth: images.width, imageHeight: images.height)
        Panel.draw(
            "What the network is shown", shorter: [[("epoch \(snapshot.epoch)", .plain)]], in: room, on: &grid)
        guard layout.epochs > 0, let distorter = snapshot.configuration.makeDistorter(for: snapshot.dataset) else {
            Message.draw("There is no room for pictures here.", in: layout.pictures, on: &grid)
            KeyLine.draw(keys, in: layout.keys, on: &grid)
            return
        }
        grid.write(
            firstOf: [
                "Each epoch, each image is turned, bent and moved a little anew: learnt is what stays the same.",
                "Each image is turned, bent and moved anew in each epoch.",
                "Each epoch changes each image anew.",
            ].map { [($0, .plain)] }, x: layout.text.x, y: layout.text.y,
            width: layout.text.isEmpty ? 0 : layout.text.width)
        let epochs = epochs(snapshot, count: layout.epochs)
        let rows = epochs.count + 1
        let extra = (layout.pictures.height - rows * (layout.height + 1)) / rows
        for column in 0..<min(layout.columns, images.count) {
            let index = (first + column) % images.count
            let x = layout.pictures.x + column * (layout.width + 1)
            let original = Array(images.image(index))
            let name = snapshot.dataset.classNames[Int(images.labels[index])]
            for row in 0..<rows {
                let y = layout.pictures.y + row * (layout.height + 1 + min(extra, 1))
                let title = row == 0 ? name : column == 0 ? title(epochs[row - 1], snapshot, layout.width) : ""
                if !title.isEmpty { grid.write(title.fitted(to: layout.width), x: x, y: y, row == 0 ? .title : .plain) }
                var pixels =
                    row == 0
                    ? original : distorter.distorted(original, epoch: epochs[row - 1] - 1, sample: index)
                var width = images.width
                for _ in 0..<layout.halvings {
                    pixels = Picture.halved(pixels, width: width)
                    width /= 2
                }
                Picture.draw(pixels, width: width, x: x, y: y + 1, on: &grid)
            }
        }
        KeyLine.draw(keys, in: layout.keys, on: &grid)
    }

    /// The epoch under way and those after it, or before it where there are no more; counted from 1.
    private static func epochs(_ snapshot: TrainingSnapshot, count: Int) -> [Int] {
        let last = max(snapshot.configuration.epochs, snapshot.epoch)
        let following = (snapshot.epoch...last).prefix(count)
        let before = (1..<max(snapshot.epoch, 1)).suffix(max(count - following.count, 0))
        return Array(following) + before.reversed()
    }

    private static func title(_ epoch: Int, _ snapshot: TrainingSnapshot, _ width: Int) -> String {
        let text = "epoch \(epoch)"
        return epoch == snapshot.epoch && text.count + 5 <= width ? text + ", now" : text
    }
}
