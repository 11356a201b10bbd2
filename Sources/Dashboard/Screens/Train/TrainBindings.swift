import Training

extension TrainScreen {
    static let bindings: [Binding] = [
        curves(
            "v  l", "loss, classes or gradients above; l: log scale",
            hint: Binding.Hint("v") { $0.train.view.next(hasRanks: $0.hasRanks).words },
            ["v": { $0.train.turnView(hasRanks: $0.hasRanks) }]),
        curves(
            "l", nil, hint: Binding.Hint { $0.train.view == .loss ? "log" : nil },
            ["l": { $0.train.toggleScale() }]),
        curves(
            "+  -", "smooth the curves more / less", hint: "smooth",
            // On many keyboards = is + without Shift.
            [
                "+": { $0.train.smooth(by: 1) }, "=": { $0.train.smooth(by: 1) }, "-": { $0.train.smooth(by: -1) },
            ]),
        curves(
            "← →", "read off the values, and go back; also a click", hint: "read",
            [.left: { $0.moveCursor(by: -1) }, .right: { $0.moveCursor(by: 1) }]),
        curves(
            "↑ ↓", "zoom in / out; also the wheel", hint: "zoom",
            [
                .up: { $0.train.zoom(by: 0.5, progress: $0.progress) },
                .down: { $0.train.zoom(by: 2, progress: $0.progress) },
            ]),
        curves(
            "PgUp PgDn", "earlier / later steps",
            [.pageUp: { $0.train.turnPage(by: -1) }, .pageDown: { $0.train.turnPage(by: 1) }]),
        curves(
            "Home Esc", "the whole run; without the line",
            [
                .home: { $0.train.showAll() },
                .escape: {
                    $0.train.reset()
                    $0.followCursor()
                },
            ]),
        Binding(
            "f  c", "go on with other settings; compare the runs", hint: Binding.Hint("f", "fork"),
            change: ["f": { $0.openFork() }]),
        Binding(
            "c", nil, hint: Binding.Hint { $0.runs.count > 1 ? "runs" : nil }, change: ["c": { $0.openRuns() }]),
        Binding(
            "d", "distorted images, where --distort is on",
            hint: Binding.Hint { $0.showsDistortions ? "curves" : "distortions" },
            when: { $0.snapshot?.configuration.distortion != nil },
            change: ["d": { $0.train.wantsDistortions.toggle() }]),
        images("← →", hint: "image", [.left: { $0.turnDistortions(by: -1) }, .right: { $0.turnDistortions(by: 1) }]),
        images(
            "PgUp PgDn", hint: Binding.Hint("PgDn", "more images"),
            [.pageUp: { $0.turnDistortions(pages: -1) }, .pageDown: { $0.turnDistortions(pages: 1) }]),
        images(
            "Home Esc", hint: nil,
            [.home: { $0.train.firstImage = 0 }, .escape: { $0.train.wantsDistortions = false }]),
    ]

    /// Keys for the curves.
    private static func curves(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil, _ changes: KeyValuePairs<Key, Binding.Change>
    ) -> Binding {
        Binding(label, help, hint: hint, when: { !$0.showsDistortions }, change: changes)
    }

    /// Keys for the distorted images.
    private static func images(
        _ label: String, hint: Binding.Hint?, _ changes: KeyValuePairs<Key, Binding.Change>
    ) -> Binding {
        Binding(label, nil, hint: hint, when: \.showsDistortions, change: changes)
    }
}

extension State {
    /// The share of the run that is over.
    fileprivate var progress: Double { snapshot?.progress ?? 1 }

    /// Whether Train shows distorted images: they are wanted, and the run has some.
    var showsDistortions: Bool { train.wantsDistortions && snapshot?.configuration.distortion != nil }

    mutating func turnDistortions(by count: Int = 0, pages: Int = 0) {
        guard let snapshot, snapshot.dataset.train.count > 0 else { return }
        let images = snapshot.dataset.train.count
        let first = train.firstImage + count + pages * DistortionsView.count(in: room, snapshot)
        train.firstImage = (first % images + images) % images
    }

    /// The moment nearest to it is looked at.
    fileprivate mutating func moveCursor(by steps: Double) {
        train.moveCursor(by: steps, progress: progress)
        followCursor()
    }
}
