import ModelFiles

/// A line at the bottom that asks for a file: to write the network in view to, or to open.
struct FilePrompt: Sendable, Equatable {
    enum Purpose: Sendable, Equatable {
        case save(NetworkInView)
        /// - Parameter onCanvas: whether a picture will do, too.
        case open(onCanvas: Bool)
    }

    /// What stands above the line, or in its place.
    enum Note: Sendable, Equatable {
        /// How the path may go on.
        case names([String])
        case problem(String)
        /// Whether to write over the file that is there.
        case asksToOverwrite
        /// The reply to a request is on its way.
        case waits
    }

    let purpose: Purpose
    var input: TextInput
    var note: Note?

    /// As much as systems take.
    private static let longestPath = 4096

    init(_ purpose: Purpose, path: String = "") {
        self.purpose = purpose
        input = TextInput(path, longest: Self.longestPath)
    }

    var path: String { input.text }

    /// What is asked for, in as many words as there may be room for.
    var questions: [String] {
        switch purpose {
        case .save(let network): ["\(network.title) to file: ", "save to file: ", "to: "]
        case .open(let onCanvas):
            [
                "open a\(onCanvas ? " picture," : "") model or checkpoint: ", "open a model or checkpoint: ",
                "open file: ",
            ]
        }
    }

    /// Goes on as far as there is but one way, and says which ways there are then.
    mutating func take(_ completion: PathCompletion) {
        guard note != .waits, note != .asksToOverwrite, completion.head == input.head else { return }
        let part = PathCompletion.lastPart(of: completion.head)
        switch completion.names.count {
        case 0: note = .problem("There is nothing whose name begins so.")
        case 1: note = nil
        default: note = .names(completion.names)
        }
        if !completion.names.isEmpty { input.replace(last: part.count, with: completion.common) }
    }
}

/// A network as it was when it was asked where to write it to.
struct NetworkInView: Sendable, Equatable {
    /// "the network of epoch 2.00"
    let title: String
    /// Without folder and ending.
    let name: String
    var model: Model
    /// The run that a checkpoint can be written of; nil where the network is not that of a run as it is now.
    let run: Int?
}
