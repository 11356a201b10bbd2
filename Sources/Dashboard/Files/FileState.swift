import Foundation
import ModelFiles
import Training

/// Saving and opening from inside.
struct FileState: Sendable, Equatable {
    /// nil while nothing is asked for.
    var prompt: FilePrompt?
    /// Of the last file that was saved or opened, with a "/" at the end; empty for the one at hand.
    var folder = ""
    /// How many models were asked for, so that each gets a number of its own, below 0.
    var models = 0
}

extension State {
    static let saving = Binding(
        "W  E", "write the network in view to a file; open one", hint: Binding.Hint("W", "save"), when: hasNetwork,
        change: ["W": { $0.askWhereToSave() }])
    static let opening = Binding("E", nil, hint: "open", when: hasNetwork, change: ["E": { $0.askWhatToOpen() }])

    @Sendable private static func hasNetwork(_ state: State) -> Bool {
        state.screen.content.needsSnapshot && state.screen.content.showsMoments && state.snapshot != nil
    }

    /// Whether keys are letters of a text.
    var isTyping: Bool { files.prompt != nil || runChoice?.isTyping == true }

    private mutating func askWhereToSave() {
        guard let network = networkInView else { return }
        film.direction = nil
        let ending = ModelFormat.safetensors.rawValue
        files.prompt = FilePrompt(.save(network), path: "\(files.folder)\(network.name).\(ending)")
    }

    private mutating func askWhatToOpen() {
        files.prompt = FilePrompt(.open(onCanvas: screen == .draw), path: files.folder)
    }

    /// The network that the screen in view shows, with its name.
    private var networkInView: NetworkInView? {
        guard var view = uncalibratedNetworkInView else { return nil }
        if let calibration = calibrations.calibration(of: view.model.network) {
            view.model.metadata.merge(calibration.metadata) { $1 }
        }
        return view
    }

    private var uncalibratedNetworkInView: NetworkInView? {
        guard let run, let snapshot else { return nil }
        let whose = runs.count > 1 ? "run \(run.number)'s network" : "the network"
        let batches = Double(max(snapshot.batchesPerEpoch, 1))
        if screen == .draw, run.shown == nil, let (step, outcome) = hand.outcome(for: snapshot) {
            var model = snapshot.taking(outcome.network).model
            model.metadata["epochs"] = "\(Double(step) / batches)"
            model.metadata["testAccuracy"] = "\(outcome.testAccuracy.after)"
            model.metadata["drawings"] = "\(hand.count)"
            return NetworkInView(
                title: "\(whose) that learnt your hand", name: "\(snapshot.dataset.name)-hand", model: model, run: nil)
        }
        if snapshot.phase == .opened {
            return NetworkInView(
                title: "run \(run.number)'s opened network", name: "\(snapshot.dataset.name)-copy",
                model: snapshot.model, run: nil)
        }
        let epochs = Format.printf("%.2f", Double(snapshot.now.step) / batches)
        return NetworkInView(
            title: "\(whose) of epoch \(epochs)", name: "\(snapshot.dataset.name)-epoch-\(epochs)",
            model: snapshot.model, run: run.shown == nil && isFocusOnTraining ? run.id : nil)
    }

    /// All keys go to the line while it is there.
    mutating func typeFile(_ key: Key) -> [Action] {
        guard let prompt = files.prompt else { return [] }
        switch (prompt.note, key) {
        case (.asksToOverwrite, "y"): return send(overwrites: true)
        case (.asksToOverwrite, _): files.prompt?.note = nil
        case (_, .escape), (_, .control("c")): files.prompt = nil
        case (.waits, _): break
        case (_, .enter): return send(overwrites: false)
        case (_, .tab): return [.file(.complete(prompt.input.head))]
        default:
            files.prompt?.input.take(key)
            files.prompt?.note = nil
        }
        return []
    }

    /// Pasted text is a path, or part of a name; where nothing is being typed it is nothing.
    mutating func paste(_ text: String) {
        if let prompt = files.prompt {
            guard prompt.note != .waits, prompt.note != .asksToOverwrite else { return }
            files.prompt?.input.insert(PastedPath.text(text))
            files.prompt?.note = nil
        } else if isTyping {
            for scalar in text.unicodeScalars { typeName(.character(scalar)) }
        }
    }

    private mutating func send(overwrites: Bool) -> [Action] {
        guard let prompt = files.prompt, !prompt.path.isEmpty else { return [] }
        let (path, request) = (prompt.path, prompt.request(overwrites: overwrites, run: -1 - files.models))
        guard let request else {
            files.prompt?.note = .problem(
                "\(path): expected a name that ends in .safetensors, .npz or .onnx, found a checkpoint's, which only the "
                    + "run that trains has, as it is now")
            return []
        }
        if case .open = request { files.models += 1 }
        files.prompt?.note = .waits
        return [.file(request)]
    }

    mutating func take(_ reply: FileReply) -> [Action] {
        switch reply {
        case .completed(let completion): files.prompt?.take(completion)
        case .exists(let path): if files.waits(for: path) { files.prompt?.note = .asksToOverwrite }
        case .failed(let path, let problem):
            if files.waits(for: path) { files.prompt?.note = .problem(problem) } else { notice = problem }
        case .saved(let path, let run, let words):
            if files.waits(for: path) { files.close(after: path) }
            notice = words
            if let run { keepNote(ofCheckpoint: run) }
        case .opened(let path, let file):
            // Who left the line does not want it any more.
            guard files.waits(for: path) else { return [] }
            files.close(after: path)
            return open(file, named: path)
        }
        return []
    }

    private mutating func open(_ file: OpenedFile, named path: String) -> [Action] {
        switch file {
        case .picture(let pixels):
            draw.showKept(nil)
            draw.open(pixels, width: 28, named: (path as NSString).lastPathComponent)
            return []
        case .model(let snapshot, let words):
            addBeside(snapshot)
            notice = words
            return []
        case .checkpoint(let resumption, let dataset): return begin(.resumed(resumption), on: dataset)
        }
    }
}

extension FileState {
    fileprivate func waits(for path: String) -> Bool { prompt?.note == .waits && prompt?.path == path }

    fileprivate mutating func close(after path: String) {
        folder = PathCompletion.folder(of: path)
        prompt = nil
    }
}

extension FilePrompt {
    /// What to ask for with the path; nil for a checkpoint of what has none.
    fileprivate func request(overwrites: Bool, run: Int) -> FileRequest? {
        switch purpose {
        case .open(let onCanvas): return .open(path, run: run, onCanvas: onCanvas)
        case .save(let network):
            guard (path as NSString).pathExtension.lowercased() == Self.checkpointEnding else {
                return .save(network.model, to: path, overwrites: overwrites)
            }
            return network.run.map { .saveCheckpoint(run: $0, to: path, overwrites: overwrites) }
        }
    }

    private static let checkpointEnding = "checkpoint"
}
