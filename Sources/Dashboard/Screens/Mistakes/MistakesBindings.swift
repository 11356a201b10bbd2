extension MistakesScreen {
    static let bindings: [Binding] = [
        Binding(
            "arrows", "choose an image", hint: "choose", when: { $0.snapshot != nil },
            change: [
                .left: { $0.chooseMistake(.pictures(-1)) }, .right: { $0.chooseMistake(.pictures(1)) },
                .up: { $0.chooseMistake(.rows(-1)) }, .down: { $0.chooseMistake(.rows(1)) },
            ]),
        Binding(
            "PgUp PgDn", "turn the page; also the wheel; Home End: the ends", hint: Binding.Hint("PgDn", "next page"),
            when: { $0.snapshot != nil },
            change: [
                .pageUp: { $0.chooseMistake(.pages(-1)) }, .pageDown: { $0.chooseMistake(.pages(1)) },
                .home: { $0.chooseMistake(.first) }, .end: { $0.chooseMistake(.last) },
            ]),
        Binding(
            "Enter", "enlarge, and back", hint: Binding.Hint("⏎") { $0.mistakes.isEnlarged ? "back" : "enlarge" },
            when: { $0.snapshot != nil }, change: [.enter: { $0.mistakes.isEnlarged.toggle() }]),
        Binding(
            "Esc", "back, or all mistakes again; also Backspace",
            hint: Binding.Hint { state in
                if state.mistakes.isEnlarged { return nil }
                return state.mistakes.isFiltered ? "all mistakes" : state.mistakes.origin == nil ? nil : "back"
            },
            when: { $0.snapshot != nil },
            change: [.escape: { $0.leaveMistakes() }, .backspace: { $0.leaveMistakes() }]),
        Binding(
            "s", "order: by confidence, loss or number", hint: "order", when: { $0.snapshot != nil },
            change: ["s": { $0.mistakes.turnOrder() }]),
        Binding(
            "T  P", "only the next true class / class read", hint: Binding.Hint("T P", "filter"),
            when: { $0.snapshot != nil },
            change: [
                "T": { $0.mistakes.turnLabel(classes: $0.classes) },
                "P": { $0.mistakes.turnPrediction(classes: $0.classes) },
            ]),
        Binding(
            "x", "all mistakes again", when: { $0.snapshot != nil },
            change: ["x": { $0.mistakes.show(label: nil, prediction: nil) }]),
        Binding("d", "open the image in Draw", hint: "open in Draw", change: ["d": { $0.openInDraw() }]),
        Binding("e", "test the network as it is now", ask: ["e": { _ in [.request(.evaluate)] }]),
    ]
}

extension State {
    fileprivate mutating func chooseMistake(_ move: GalleryMove) {
        if let snapshot { mistakes.choose(move, snapshot, in: room) }
    }
}
