/// What lies over the curves until it is closed. It has keys of its own; those of all screens go on to work.
enum TrainDialog: Sendable, Equatable {
    case fork(SettingsChoice<ForkPlan>)
    case plan(SettingsChoice<RunPlan>)
    case runs(RunChoice)

    var bindings: [Binding] {
        switch self {
        case .fork: ForkPlan.bindings
        case .plan: RunPlan.bindings
        case .runs: RunChoice.bindings
        }
    }

    mutating func choose(by count: Int) {
        switch self {
        case .fork(var choice):
            choice.choose(by: count)
            self = .fork(choice)
        case .plan(var choice):
            choice.choose(by: count)
            self = .plan(choice)
        case .runs: break
        }
    }

    mutating func change(by step: Int) {
        switch self {
        case .fork(var choice):
            choice.change(by: step)
            self = .fork(choice)
        case .plan(var choice):
            choice.change(by: step)
            self = .plan(choice)
        case .runs: break
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        switch state.train.dialog {
        case .fork(let choice): ForkPlan.draw(choice, state, in: room, on: &grid)
        case .plan(let choice): RunPlan.draw(choice, state, in: room, on: &grid)
        case .runs(let choice): choice.draw(state, in: room, on: &grid)
        case nil: break
        }
    }

    /// A frame in the middle of the room with this much inside it, where there is so much.
    static func frame(
        _ title: String, width: Int, height: Int, in room: Rect, on grid: inout CellGrid
    ) -> Rect {
        let (width, height) = (min(width + 4, room.width), min(height + 2, room.height))
        let rect = Rect(
            x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width: width, height: height)
        grid.clear(rect)
        return Panel.draw(title, in: rect, on: &grid).inset(dx: 1, dy: 0)
    }
}
