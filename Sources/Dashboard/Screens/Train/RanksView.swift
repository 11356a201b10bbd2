import Training

/// What each rank does with its time, a line for each.
enum RanksView {
    static func draw(_ ranks: [RankActivity], in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let images = ranks.reduce(0) { $0 + $1.imagesPerSecond }
        let room = Panel.draw(
            "\(ranks.count) ranks train together", note: [("\(Format.count(images)) images/s", .value)],
            shorter: [[]], in: rect, on: &grid
        ).inset(dx: 1, dy: 0)
        Panel.writeFoot(
            left: [
                "each takes its images of every batch; bars: at work, the rest it waits for the others",
                "bars: at work, the rest waiting for others", "at work or waiting",
            ], right: [], in: rect, on: &grid)
        let hostWidth = min(ranks.map(\.host.count).max() ?? 0, 16)
        let bar = Rect(x: room.x + 5 + hostWidth, y: room.y, width: room.width - hostWidth - 38, height: 1)
        let shown = ranks.count <= room.height ? ranks.count : max(room.height - 1, 0)
        for (row, rank) in ranks.prefix(shown).enumerated() {
            let y = room.y + row
            grid.write("\(row)", endingAt: room.x + 3, y: y, .title)
            grid.write(rank.host.fitted(to: hostWidth), x: room.x + 4, y: y)
            Bar.draw(rank.atWork, x: bar.x, y: y, width: bar.width, Style(.train), on: &grid)
            grid.write("\(Format.percent(rank.atWork, decimals: 0)) at work", endingAt: room.maxX - 20, y: y)
            grid.write("\(Format.count(rank.imagesPerSecond)) images/s", endingAt: room.maxX - 1, y: y, .value)
        }
        if shown < ranks.count, room.height > 0 {
            grid.write("and \(ranks.count - shown) more", x: room.x + 4, y: room.maxY - 1)
        }
    }
}
