/// What the name of a scalar says of it, as far as it can be guessed: programs call the same thing `loss`, `Loss/train`,
/// `epoch_loss`, `validation/epoch_loss` or `valLoss`.
struct EventTag: Equatable {
    enum Quantity { case loss, accuracy }

    let quantity: Quantity
    /// Whether it is of images that were not trained on.
    let isTest: Bool
    /// Whether its steps are epochs, as Keras counts them from 0.
    let countsEpochs: Bool
    /// Whether it is of single batches, worse than one of whole epochs.
    let isOfBatches: Bool

    private static let tests: Set = ["test", "val", "valid", "validation", "eval", "evaluation", "dev"]
    private static let accuracies: Set = ["accuracy", "acc", "top1"]
    private static let losses: Set = ["loss", "nll", "crossentropy", "xent"]

    /// nil for what is neither a loss nor an accuracy.
    init?(_ name: String) {
        let words = Self.words(of: name)
        // "sparse_categorical_crossentropy_accuracy" would be one.
        if !words.isDisjoint(with: Self.accuracies) {
            quantity = .accuracy
        } else if !words.isDisjoint(with: Self.losses) {
            quantity = .loss
        } else {
            return nil
        }
        isTest = !words.isDisjoint(with: Self.tests)
        isOfBatches = !words.isDisjoint(with: ["batch", "iteration", "iterations", "step"])
        countsEpochs = words.contains("epoch") && !isOfBatches
    }

    /// In small letters; a capital after a small letter begins another word.
    private static func words(of name: String) -> Set<String> {
        var words = [""]
        var wasSmall = false
        for character in name.unicodeScalars.prefix(512) {
            let properties = character.properties
            if !properties.isAlphabetic && properties.numericType == nil {
                words.append("")
            } else {
                if wasSmall, properties.isUppercase { words.append("") }
                words[words.count - 1] += properties.lowercaseMapping
            }
            wasSmall = properties.isLowercase
        }
        return Set(words)
    }
}
