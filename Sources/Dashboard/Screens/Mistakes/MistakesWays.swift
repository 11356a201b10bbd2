/// The ways to the mistakes, out of them, and on to Draw.
extension State {
    /// Shows exactly the images of the chosen cell of the confusion matrix.
    mutating func openMistakes() {
        guard snapshot?.now.evaluation != nil else { return }
        mistakes.show(label: confusion.label, prediction: confusion.prediction)
        mistakes.origin = .confusion
        screen = .mistakes
    }

    /// Out of the mistakes step by step: from the large image, from the choice of classes, to where they were asked for.
    mutating func leaveMistakes() {
        if mistakes.isEnlarged {
            mistakes.isEnlarged = false
        } else if mistakes.isFiltered {
            mistakes.show(label: nil, prediction: nil)
        } else if let origin = mistakes.origin {
            mistakes.origin = nil
            screen = origin
        }
    }

    mutating func openInDraw() {
        guard let snapshot, let index = mistakes.selectedImage else { return }
        let test = snapshot.dataset.test
        draw.open(
            Array(test.image(index)), width: test.width, named: "\(snapshot.dataset.judge) image \(index)",
            label: Int(test.labels[index]))
        screen = .draw
    }
}
