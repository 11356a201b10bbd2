import Training

/// The layers with how they are doing, and how they are trained.
enum NetworkPanel {
    static func draw(_ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let parameters = Format.grouped(snapshot.now.network.parameterCount) + " parameters"
        let room = Panel.draw("Network", note: [(parameters, .plain)], in: rect, on: &grid).inset(dx: 1, dy: 0)
        let ends = [room.maxX - 17, room.maxX - 11, room.maxX - 5, room.maxX]
        grid.write("layer", x: room.x, y: room.y)
        for (title, end) in zip(["weights", "grad", "step", "dead"], ends) {
            grid.write(title, endingAt: end, y: room.y)
        }
        let layers = snapshot.now.network.layers
        let shown = min(layers.count, 4)
        for (index, layer) in layers.suffix(shown).enumerated() {
            let y = room.y + 1 + index
            grid.write(LayerName.of(layer), x: room.x, y: y, .value)
            let number = layers.count - shown + index
            guard snapshot.now.layers.indices.contains(number) else { continue }
            let statistics = snapshot.now.layers[number]
            let texts = [
                Format.short(statistics.weights), Format.short(statistics.gradients), Format.short(statistics.updates),
                statistics.deadShare.map { Format.percent($0, decimals: 0) } ?? "–",
            ]
            for (text, end) in zip(texts, ends) { grid.write(text, endingAt: end, y: y, .value) }
        }
        let configuration = snapshot.configuration
        let lines = [
            "\(snapshot.now.network.activation.name), softmax, cross-entropy",
            "\(configuration.optimizer.rawValue), batch \(configuration.batchSize), \(configuration.schedule.rawValue)",
            (["seed \(configuration.seed)"] + ChangeText.words(snapshot.record)).joined(separator: ", "),
        ]
        for (index, line) in lines.enumerated() where shown + 2 + index < room.height {
            grid.write(line, x: room.x, y: room.y + shown + 2 + index, .plain, limit: room.width)
        }
    }
}
