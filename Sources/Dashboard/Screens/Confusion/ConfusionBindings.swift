extension ConfusionScreen {
    static let bindings: [Binding] = [
        Binding(
            "arrows", "choose a cell", hint: "choose a cell",
            change: [
                .up: { $0.confusion.move(down: -1, classes: $0.classes) },
                .down: { $0.confusion.move(down: 1, classes: $0.classes) },
                .left: { $0.confusion.move(right: -1, classes: $0.classes) },
                .right: { $0.confusion.move(right: 1, classes: $0.classes) },
            ]),
        Binding(
            "Enter", "see exactly its images; also a click on it", hint: Binding.Hint("⏎", "see its images"),
            change: [.enter: { $0.openMistakes() }]),
        Binding(
            "v", "counts, or shares of the true class",
            hint: Binding.Hint { $0.confusion.showsShares ? "show counts" : "show shares" },
            change: ["v": { $0.confusion.showsShares.toggle() }]),
        Binding(
            "e", "test the network as it is now", when: \.isFocusOnTraining, ask: ["e": { _ in [.request(.evaluate)] }]),
    ]
}
