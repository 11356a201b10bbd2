@testable import Dashboard

// What the stories are made of.

func press(_ state: inout State, _ keys: Key...) { press(&state, keys) }

func press(_ state: inout State, _ keys: [Key]) {
    for key in keys { _ = state.handle(.key(key)) }
}

func mouse(_ state: inout State, _ kind: Mouse.Kind, _ x: Int, _ y: Int) {
    _ = state.handle(.mouse(Mouse(kind, x: x, y: y)))
}

func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }
