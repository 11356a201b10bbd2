/// The keys of the screen in view, over everything else.
enum Help {
    typealias Entry = (keys: String, meaning: String)

    private static let everywhere: [Entry] = [
        ("p", "pause / go on"), ("n", "train one batch, then pause"),
        ("N", "train to the end of the epoch, then pause"),
        ("[  ]", "learning rate down / up (ten presses: ×10)"), ("m", "five epochs more"),
        ("R", "start again from other weights (the next seed)"), ("g", "curves in braille, blocks or ASCII"),
        ("b", "for a dark or a light background"), ("1 … 7", "choose a screen; also Tab and Shift-Tab"),
        ("?", "this help"), ("q", "quit"),
    ]

    static func draw(for screen: State.Screen, on grid: inout CellGrid) {
        let own: [Entry] =
            switch screen {
            case .train: TrainScreen.help
            case .confusion: ConfusionScreen.help
            case .mistakes: MistakesScreen.help
            case .draw: DrawScreen.help
            case .playground: PlaygroundScreen.help
            case .lessons: LessonsScreen.help
            case .network: NetworkScreen.help
            }
        let rows = own.count + everywhere.count + 5
        let width = min(64, grid.width)
        let rect = Rect(
            x: (grid.width - width) / 2, y: max((grid.height - rows) / 2, 0), width: width,
            height: min(rows, grid.height))
        grid.fill(rect, with: Cell())
        let room = Panel.draw("Keys: \(screen.title)", note: [("any key closes", .plain)], in: rect, on: &grid)
        var y = room.y + 1
        for (index, entries) in [own, everywhere].enumerated() {
            if index > 0 { y += 1 }
            for entry in entries where y < room.maxY {
                grid.write(entry.keys, x: room.x + 2, y: y, .key)
                grid.write(entry.meaning, x: room.x + 12, y: y, .plain, limit: room.width - 13)
                y += 1
            }
        }
    }
}
