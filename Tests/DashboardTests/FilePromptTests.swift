import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Saving and opening from inside, played through events: the replies that files would give are made up.
@Suite struct FilePromptTests {
    private static let finished = Samples.snapshot(step: 4690, phase: .finished)

    private static func type(_ text: String, _ state: inout State) {
        for scalar in text.unicodeScalars { press(&state, .character(scalar)) }
    }

    /// The last line of the screen, which asks, and the one above it.
    private static func lines(_ state: State) -> (above: String, last: String) {
        let lines = text(state).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return (lines[lines.count - 2], lines[lines.count - 1])
    }

    /// What is asked for when Enter is pressed.
    private static func enter(_ state: inout State) -> FileRequest? {
        for case .file(let request) in state.handle(.key(.enter)) { return request }
        return nil
    }

    /// A run that was opened, as the background would make it.
    private static func opened(_ run: Int, file: String = "/models/digits.npz") -> TrainingSnapshot {
        TrainingSnapshot(
            opened: Samples.observed.now.network, file: file, run: run, on: Samples.dataset, threads: 1)
    }

    @Test func theNetworkOfAMomentIsSaved() throws {
        var state = Samples.state(snapshot: Self.finished, width: 120, height: 40)
        while state.run?.shown?.step != 1876 { press(&state, "j") }
        press(&state, "W")
        #expect(Self.lines(state).last.hasPrefix(" the network of epoch 2.00 to file: mnist-epoch-2.00.safetensors"))
        press(&state, .control("u"))
        Self.type("a.npz", &state)
        guard case .save(let model, "a.npz", false)? = Self.enter(&state) else {
            Issue.record("it is saved")
            return
        }
        #expect(model == state.snapshot?.model && model.metadata["epochs"] == "2.0")
        #expect(Self.lines(state).last.contains("one moment"))
        press(&state, "x", .enter, .tab)
        #expect(state.files.prompt?.path == "a.npz", "it waits for the reply")
        _ = state.handle(.file(.saved("a.npz", run: nil, words: "Saved as a.npz in /tmp")))
        #expect(state.files.prompt == nil && Self.lines(state).last.contains("Saved as a.npz in /tmp"))
        press(&state, "0", "W")
        #expect(Self.lines(state).last.contains("the network of epoch 5.00"))
    }

    /// What makes a network's probabilities honest goes into its file.
    @Test func aCalibrationIsSavedToo() {
        var state = Samples.state(.draw, snapshot: Self.finished)
        press(&state, .shiftUp, "d", .shiftDown, .shiftDown)
        for case .calibrate(let network) in state.handle(.key(.enter)) {
            _ = state.handle(.calibrated(network, RefusalTests.calibration(refuses: false)))
        }
        press(&state, "W", .control("u"))
        Self.type("a.npz", &state)
        guard case .save(let model, "a.npz", false)? = Self.enter(&state) else {
            Issue.record("it is saved")
            return
        }
        #expect(Calibration(metadata: model.metadata) == RefusalTests.calibration(refuses: false))
    }

    @Test func aFileThatIsThereIsAskedAbout() {
        var state = Samples.state(snapshot: Self.finished)
        press(&state, "W", .control("u"))
        Self.type("models/a.npz", &state)
        guard let request = Self.enter(&state), case .save(let model, let path, false) = request else {
            Issue.record("it is not overwritten at once")
            return
        }
        _ = state.handle(.file(.exists(path)))
        #expect(Self.lines(state).last.contains("models/a.npz is there already. Overwrite it?   y yes"))
        press(&state, "n")
        #expect(state.files.prompt?.path == "models/a.npz" && state.files.prompt?.note == nil, "another name, then")
        #expect(Self.enter(&state) == request)
        _ = state.handle(.file(.exists(path)))
        #expect(state.handle(.key("y")) == [.file(.save(model, to: path, overwrites: true))])
        _ = state.handle(.file(.saved(path, run: nil, words: "Saved")))
        press(&state, "W")
        #expect(state.files.prompt?.path == "models/mnist-epoch-5.00.safetensors", "the folder is remembered")
        press(&state, .escape)
        #expect(state.files.prompt == nil && state.screen == .train)
    }

    /// What goes wrong is said, and what was typed is still there.
    @Test func nothingIsLostWhereSomethingGoesWrong() {
        var state = Samples.state(snapshot: Self.finished)
        press(&state, "W", .control("u"))
        #expect(Self.enter(&state) == nil, "no name is none")
        Self.type("/root/a.npz", &state)
        _ = Self.enter(&state)
        _ = state.handle(.file(.failed("/root/a.npz", problem: "Not saved: /root/a.npz: expected a place")))
        #expect(Self.lines(state).above.contains("Not saved: /root/a.npz: expected a place"))
        #expect(Self.lines(state).last.contains("/root/a.npz"))
        press(&state, .backspace, "y")
        #expect(state.files.prompt?.path == "/root/a.npy" && state.files.prompt?.note == nil)
        _ = Self.enter(&state)
        press(&state, .escape)
        _ = state.handle(.file(.failed("/root/a.npy", problem: "Not saved")))
        #expect(state.notice == "Not saved", "who left hears of it, too")
    }

    /// A checkpoint is of the run that trains, as it is.
    @Test func aCheckpointIsOfTheRunThatTrains() throws {
        var state = Samples.state(snapshot: Self.finished)
        press(&state, "W", .control("u"))
        Self.type("run.checkpoint", &state)
        #expect(Self.enter(&state) == .saveCheckpoint(run: 0, to: "run.checkpoint", overwrites: false))
        #expect(try #require(state.run).secondsToLose > 0)
        _ = state.handle(.file(.saved("run.checkpoint", run: 0, words: "Saved")))
        #expect(state.run?.secondsToLose == 0, "a file keeps what was trained")
        press(&state, "j", "W", .control("u"))
        Self.type("run.checkpoint", &state)
        #expect(Self.enter(&state) == nil)
        let problem = text(state).replacing("\n", with: " ")
        #expect(problem.contains("run.checkpoint: expected a name that ends in .safetensors"))
    }

    @Test func pathsAreCompleted() {
        var state = Samples.state(snapshot: Self.finished)
        press(&state, "E")
        Self.type("mod", &state)
        func complete(_ head: String, _ names: String...) {
            #expect(state.handle(.key(.tab)) == [.file(.complete(head))])
            _ = state.handle(.file(.completed(PathCompletion(head, names: names))))
        }
        complete("mod", "models/", "notes.txt")
        #expect(state.files.prompt?.path == "models/")
        complete("models/", ".hidden", "digits-1.npz", "digits-2.npz")
        #expect(state.files.prompt?.path == "models/digits-")
        #expect(Self.lines(state).above.contains("digits-1.npz  digits-2.npz"))
        press(&state, "2")
        #expect(!Self.lines(state).above.contains("digits-1.npz"))
        complete("models/digits-2", "digits-1.npz", "digits-2.npz")
        #expect(state.files.prompt?.path == "models/digits-2.npz")
        press(&state, "x")
        complete("models/digits-2.npzx", "digits-1.npz", "digits-2.npz")
        #expect(Self.lines(state).above.contains("nothing whose name begins so"))
        #expect(state.files.prompt?.path == "models/digits-2.npzx")
        // An answer to an older question, and one for a cursor that has moved.
        _ = state.handle(.file(.completed(PathCompletion("mod", names: ["models/"]))))
        press(&state, .left)
        _ = state.handle(.file(.completed(PathCompletion("models/digits-2.npzx", names: ["digits-2.npzxy"]))))
        #expect(state.files.prompt?.path == "models/digits-2.npzx")
    }

    @Test func namesFillTheLine() {
        let names = (1...20).map { "digits-\($0)" }
        #expect(FilePrompt.line(of: Array(names.prefix(2)), width: 40) == "digits-1  digits-2")
        for width in 1...200 {
            let line = FilePrompt.line(of: names, width: width)
            #expect(line.count <= width, "at \(width): \(line)")
        }
        #expect(FilePrompt.line(of: names, width: 40) == "digits-1  digits-2  digits-3  … 17 more")
        #expect(PathCompletion("", names: ["a\u{1B}[0m", ".b", "c"]).names == ["c"])
        #expect(PathCompletion("/tmp/.", names: [".b", "c"]).names == [".b"])
        #expect(PathCompletion.folder(of: "~/a/b") == "~/a/" && PathCompletion.folder(of: "b") == "")
    }

    /// As file managers and shells put them on the clipboard.
    @Test(arguments: [
        ("/tmp/a.npz\n", "/tmp/a.npz"), ("'/tmp/my model.npz' ", "/tmp/my model.npz"), ("\"/tmp/a\"", "/tmp/a"),
        ("file:///tmp/my%20model.npz\r\n", "/tmp/my model.npz"), ("/tmp/my\\ model.npz", "/tmp/my model.npz"),
        ("'", "'"), ("file:///tmp/100%", "/tmp/100%"),
    ]) func pastedPathsAreTaken(pasted: String, path: String) {
        var state = Samples.state(snapshot: Self.finished)
        _ = state.handle(.paste(pasted))
        #expect(state.files.prompt == nil, "where nothing is typed it is nothing")
        press(&state, "E")
        _ = state.handle(.paste(pasted))
        #expect(state.files.prompt?.path == path)
    }

    /// Keys are letters, also those that mean something everywhere else; Ctrl-C leaves the line and not the program.
    @Test func keysAreLetters() {
        var state = Samples.state(snapshot: Self.finished)
        press(&state, "E")
        Self.type("q?1rW", &state)
        mouse(&state, .press, 20, 0)
        #expect(state.files.prompt?.path == "q?1rW" && state.screen == .train && state.helpPage == nil)
        press(&state, .control("c"))
        #expect(state.files.prompt == nil && state.question == nil)
        #expect(state.handle(.key(.control("c"))) == [.quit])
        for screen: Key in ["6", "7"] {
            press(&state, screen, "W", "E")
            #expect(state.files.prompt == nil, "there is no run on the screen")
        }
        var starting = Samples.state(snapshot: nil)
        press(&starting, "W", "E")
        #expect(starting.files.prompt == nil)
    }

    /// A model from a file stands beside the run that trains, which goes on.
    @Test func aModelIsOpenedAsARun() throws {
        var state = Samples.state(width: 120, height: 40)
        press(&state, "E")
        Self.type("/models/digits.npz", &state)
        #expect(Self.enter(&state) == .open("/models/digits.npz", run: -1, onCanvas: false))
        let words = "Opened: it reads 10.00% of the test images right."
        _ = state.handle(.file(.opened("/models/digits.npz", .model(Self.opened(-1), words: words))))
        #expect(state.runs.map(\.number) == [2, 1] && state.run?.name == "digits" && state.trainingRun?.number == 1)
        #expect(Self.lines(state).last.contains(words))
        for screen: Key in ["2", "3", "4", "5", "1"] {
            press(&state, screen)
            let line = Self.lines(state).last
            #expect(line.hasPrefix(" ■ opened  run 2") && line.contains("run 1 trains"), "\(line)")
        }
        _ = state.handle(.snapshot(Samples.snapshot(step: 3300)))
        #expect(state.run?.number == 2 && state.snapshot?.now.network.layers == Samples.observed.now.network.layers)
        #expect(state.handle(.key("p")).isEmpty && !state.hasPast)
        press(&state, "W")
        #expect(Self.lines(state).last.contains("run 2's opened network to file: /models/mnist-copy.safetensors"))
        press(&state, .escape, "f")
        #expect(text(state).contains("Go on from run 2, from a file"))
        let snapshot = try #require(state.snapshot)
        var wanted = snapshot.configuration
        wanted.optimizer = .nesterov
        press(&state, .right)
        let fork = NewRun(.fork(Fork(snapshot, wanted)), runs: 3)
        #expect(state.handle(.key(.enter)) == [.request(.begin(fork))])
        press(&state, "c")
        #expect(text(state).contains("digits: from a file, 128-64"))
    }

    /// When another run begins it stays, and where there are too many, the one that trains is not what goes.
    @Test func anOpenedRunStaysAmongTheOthers() {
        var state = RunsTests.state(8)
        for number in 1...9 {
            press(&state, "E")
            Self.type("a\(number).npz", &state)
            _ = Self.enter(&state)
            _ = state.handle(.file(.opened("a\(number).npz", .model(Self.opened(-number), words: ""))))
            #expect(state.runs.count == 8 && state.focus == -number && state.trainingRun?.id == 7)
        }
        #expect(Set(state.runs.map(\.number)).count == 8)
        _ = state.handle(.snapshot(RunsTests.snapshot(run: 8)))
        #expect(state.runs.count == 8 && state.runs.last?.id == 8 && state.focus == 8)
    }

    /// Who leaves the line while the file is read does not want it any more.
    @Test func whatIsLeftIsNotOpened() {
        var state = Samples.state()
        press(&state, "E", "a", .enter, .escape)
        _ = state.handle(.file(.opened("a", .model(Self.opened(-1), words: ""))))
        #expect(state.runs.count == 1)
        press(&state, "E", "b", .enter)
        _ = state.handle(.file(.opened("a", .model(Self.opened(-1), words: ""))))
        #expect(state.runs.count == 1 && state.files.prompt?.note == .waits)
    }

    /// A checkpoint begins a run of its own; where training would stop that takes a while, it is asked first.
    @Test func aCheckpointIsGoneOnWith() throws {
        var configuration = TrainingConfiguration()
        (configuration.hiddenLayers, configuration.epochs, configuration.batchSize) = ([12], 2, 20)
        let trainer = Trainer(dataset: Samples.dataset, configuration: configuration)
        for _ in 0..<13 { _ = trainer.trainBatch() }
        let path = NSTemporaryDirectory() + "inkling-\(UUID())/run.checkpoint"
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Checkpoint.write(trainer, to: path)
        var job = TrainingJob(
            Trainer(dataset: Samples.dataset, configuration: configuration), recorders: TrainingRecorders())
        job.handle(.trainBatch)
        while job.isRunning { _ = job.step(now: .now) }
        var state = Samples.state(snapshot: job.snapshot(serial: 1))
        press(&state, "E")
        Self.type(path, &state)
        _ = Self.enter(&state)
        let resumption = try Checkpoint(file: path).resumption(on: Samples.dataset)
        let actions = state.handle(.file(.opened(path, .checkpoint(resumption, on: Samples.dataset))))
        #expect(actions == [.request(.begin(NewRun(.resumed(resumption), runs: 2)))])
        for case .request(let request) in actions { job.handle(request) }
        _ = state.handle(.snapshot(job.snapshot(serial: 2)))
        #expect(state.run?.name == "run" && state.run?.number == 2 && state.snapshot?.step == 13)
        #expect(Self.lines(state).last.contains("paused") && state.run?.secondsToLose == 0)
        #expect(state.handle(.key("p")) == [.request(.run)])
    }

    /// A picture takes the place of the strokes, and can be taught, as its class is not known.
    @Test func aPictureIsOpenedOnTheCanvas() throws {
        var state = Samples.state(.draw, snapshot: Self.finished, width: 120, height: 40)
        _ = state.handle(.hand(.none, folder: nil))
        press(&state, " ", .down, .down, " ", "E")
        #expect(Self.lines(state).last.hasPrefix(" open a picture, model or checkpoint: "))
        Self.type("/tmp/seven.png", &state)
        #expect(Self.enter(&state) == .open("/tmp/seven.png", run: -1, onCanvas: true))
        let pixels = Array(Samples.dataset.test.image(7))
        _ = state.handle(.file(.opened("/tmp/seven.png", .picture(pixels))))
        #expect(state.screen == .draw && state.drawing == pixels && text(state).contains("seven.png"))
        #expect(DrawScreen.reading(state)?.probabilities.count == 10)
        press(&state, "t", "7")
        press(&state, .pageUp)
        #expect(state.drawing != pixels && state.drawing != nil, "what was drawn before is still there")
    }

    @Test(arguments: [(80, 24), (120, 40)]) func picture(size: (Int, Int)) throws {
        var state = Samples.state(snapshot: Self.finished, width: size.0, height: size.1)
        while state.run?.shown?.step != 1876 { press(&state, "j") }
        press(&state, "W")
        try expectPicture("save", of: state, width: size.0, height: size.1)
        _ = Self.enter(&state)
        let path = state.files.prompt?.path ?? ""
        _ = state.handle(.file(.exists(path)))
        try expectPicture("save-exists", of: state, width: size.0, height: size.1)
        press(&state, .escape, .escape, "E")
        Self.type("Assets/", &state)
        let names = ["fashion-mnist/", "mnist/", "models/", "README.md", "screens/"]
        _ = state.handle(.file(.completed(PathCompletion("Assets/", names: names))))
        try expectPicture("open-names", of: state, width: size.0, height: size.1)
        Self.type("README.md", &state)
        _ = Self.enter(&state)
        _ = state.handle(
            .file(
                .failed(
                    "Assets/README.md",
                    problem: "Not opened: Assets/README.md: expected a header of at most 4100 bytes, found one that "
                        + "says 2336920853911347321 of them")))
        try expectPicture("open-problem", of: state, width: size.0, height: size.1)
        press(&state, .control("u"))
        Self.type("digits.npz", &state)
        _ = Self.enter(&state)
        let words = "Opened: it reads 10.00% of the test images of MNIST right."
        _ = state.handle(.file(.opened("digits.npz", .model(Self.opened(-1), words: words))))
        press(&state, .escape)
        try expectPicture("opened", of: state, width: size.0, height: size.1)
    }

    /// However narrow, the end of a long path is to be seen, and how to leave.
    @Test func aNarrowWindowHasRoomForThePath() {
        for width in smallestSize.width...130 {
            var state = Samples.state(snapshot: Self.finished, width: width, height: 20)
            press(&state, "W", .control("u"))
            Self.type("/a/rather/long/path/to/a/folder/of/models/digits.npz", &state)
            let line = Self.lines(state).last
            #expect(line.contains("digits.npz"), "at \(width): \(line)")
        }
    }
}
