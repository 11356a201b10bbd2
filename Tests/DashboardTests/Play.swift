@testable import Dashboard

// What the stories are made of.

func press(_ state: inout State, _ keys: Key...) { press(&state, keys) }

func press(_ state: inout State, _ keys: [Key]) {
    for key in keys { _ = state.handle(.key(key)) }
}

func mouse(_ state: inout State, _ kind: Mouse.Kind, _ x: Int, _ y: Int) {
    _ = state.handle(.mouse(Mouse(kind, x: x, y: y)))
}

/// On the canvas of Draw, so many cells from its upper left corner.
func canvasMouse(_ state: inout State, _ kind: Mouse.Kind, _ x: Int, _ y: Int) {
    let canvas = DrawScreen.Layout(state.room).canvas
    mouse(&state, kind, canvas.x + x, canvas.y + y)
}

func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }

/// Takes an event; maps that it asks for come at once.
func play(_ state: inout State, _ event: Event) {
    for case .map(let request) in state.handle(event) { _ = state.handle(request.event()) }
}
