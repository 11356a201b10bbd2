import Training

/// Which of the test images are shown, and which one is chosen.
struct MistakesState: Sendable, Equatable {
    enum Order: String, Sendable, CaseIterable {
        case confidence = "most confident first"
        case loss = "largest loss first"
        case index = "by number"
    }

    var order = Order.confidence
    /// The true class to show; nil for any.
    var label: Int?
    /// The class read to show; nil for any.
    var prediction: Int?
    /// The numbers of the test images to show, in order.
    private(set) var images: [Int] = []
    /// What `images` was made from; nil where there was no test.
    private var basis: Basis?
    /// The place of the chosen image in the list.
    var selection = 0
    /// Whether the chosen image fills the screen.
    var isEnlarged = false
    /// The screen that the images were asked for from; nil where nobody asked.
    var origin: State.Screen?

    var isFiltered: Bool { label != nil || prediction != nil }

    mutating func show(label: Int?, prediction: Int?) {
        (self.label, self.prediction) = (label, prediction)
        selection = 0
        isEnlarged = false
    }

    mutating func choose(_ move: GalleryMove, _ snapshot: TrainingSnapshot, in room: Rect) {
        selection = move.place(from: selection, of: images.count, in: gallery(snapshot, in: room))
    }

    private func gallery(_ snapshot: TrainingSnapshot, in room: Rect) -> Gallery {
        MistakesScreen.Layout(room, names: snapshot.dataset.classNames, isEnlarged: isEnlarged).gallery
    }

    mutating func turnOrder() {
        let all = Order.allCases
        order = all[((all.firstIndex(of: order) ?? 0) + 1) % all.count]
        selection = 0
    }

    mutating func turnLabel(classes: Int) { show(label: next(label, classes), prediction: prediction) }

    mutating func turnPrediction(classes: Int) { show(label: label, prediction: next(prediction, classes)) }

    mutating func handle(_ mouse: Mouse, _ snapshot: TrainingSnapshot, in room: Rect) {
        switch mouse.kind {
        case .wheelUp: choose(isEnlarged ? .pictures(-1) : .pages(-1), snapshot, in: room)
        case .wheelDown: choose(isEnlarged ? .pictures(1) : .pages(1), snapshot, in: room)
        case .press where isEnlarged: isEnlarged = false
        case .press:
            let gallery = gallery(snapshot, in: room)
            guard let place = gallery.place(at: mouse, around: selection, of: images.count) else { return }
            if selection == place { isEnlarged = true }
            selection = place
        case .drag, .release: break
        }
    }

    /// nil, 0, 1 … the last class, nil.
    private func next(_ filter: Int?, _ classes: Int) -> Int? {
        guard let filter else { return 0 }
        return filter + 1 < classes ? filter + 1 : nil
    }

    /// Lists the images anew where a test or the choice has changed. Sorting thousands takes longer than drawing, and a
    /// new test may leave fewer.
    mutating func list(_ snapshot: TrainingSnapshot?) {
        let wanted = snapshot.flatMap { snapshot in snapshot.now.evaluation.map { Basis($0, snapshot, self) } }
        guard wanted != basis else { return }
        basis = wanted
        images = wanted?.images ?? []
        selection = min(selection, max(images.count - 1, 0))
    }

    var selectedImage: Int? { images.indices.contains(selection) ? images[selection] : nil }
}

extension MistakesState {
    /// All that the list depends on. Comparing takes no time while the arrays are the same ones.
    private struct Basis: Sendable, Equatable {
        let labels: [UInt8]
        let predictions: [UInt8]
        let confidences: [Float]
        let losses: [Float]
        let label: Int?
        let prediction: Int?
        let order: Order

        init(_ evaluation: Evaluation, _ snapshot: TrainingSnapshot, _ state: MistakesState) {
            labels = snapshot.dataset.test.labels
            predictions = evaluation.predictions
            (confidences, losses) = (evaluation.confidences, evaluation.losses)
            (label, prediction, order) = (state.label, state.prediction, state.order)
        }

        /// In order. Those read rightly only where a cell of the confusion matrix asks for them.
        var images: [Int] {
            let showsRight = label != nil && label == prediction
            let chosen = predictions.indices.filter { index in
                (predictions[index] != labels[index] || showsRight)
                    && (label == nil || Int(labels[index]) == label)
                    && (prediction == nil || Int(predictions[index]) == prediction)
            }
            switch order {
            case .index: return chosen
            case .loss: return chosen.sorted { (losses[$0], $1) > (losses[$1], $0) }
            case .confidence: return chosen.sorted { (confidences[$0], $1) > (confidences[$1], $0) }
            }
        }
    }
}
