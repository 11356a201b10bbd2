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
            "c", "more or fewer than in another run, or than now",
            hint: Binding.Hint { $0.confusionDifference == nil ? "compare" : "the next" },
            when: \.hasConfusionReferences, change: ["c": { $0.turnConfusionReference() }]),
        Binding(
            "d", "mark this moment: others are held against it",
            hint: Binding.Hint { $0.canMarkConfusion ? "mark it" : "unmark" },
            when: { $0.run?.view.now.evaluation != nil }, change: ["d": { $0.markConfusion() }]),
        Binding(
            "e", "test the network as it is now", when: \.isFocusOnTraining, ask: ["e": { _ in [.request(.evaluate)] }]),
    ]
}
