import Testing

@testable import Dashboard
@testable import Training

/// A run that went wrong or was changed says so.
@Suite struct DivergenceTests {
    private static func diverged(_ value: Float = .nan) -> TrainingSnapshot {
        let snapshot = Samples.snapshot(step: 1000, phase: .diverged)
        var history = snapshot.history
        history.append(loss: value, accuracy: 0.1)
        return snapshot.with { ($0.history, $0.step) = (history, history.loss.count) }
    }

    private func statusLine(_ state: State, width: Int) -> String {
        render(state, width: width, height: 24).text.split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test(arguments: State.Screen.allCases, [40, 60, 80, 120, 200])
    func aDivergedRunIsRedAndSaysWhatToDo(screen: State.Screen, width: Int) {
        let state = Samples.state(screen, snapshot: Self.diverged())
        let line = statusLine(state, width: width)
        guard screen != .playground else {
            #expect(line.contains("training"), "the playground's own")
            return
        }
        #expect(render(state, width: width, height: 24)[1, 23].style.paper == .wrong)
        #expect(line.contains("✗ diverged"))
        #expect(
            line.contains(
                width < 64 ? "r again, [ slower, p train" : "r starts again, then [ lowers the rate, p trains"))
    }

    @Test func nothingIsAskedAboutARunThatDiverged() {
        let result = EpochResult(
            epoch: 1, step: 938, trainLoss: .nan, trainAccuracy: 0.1, testLoss: .nan, testAccuracy: 0.1, seconds: 60,
            samplesPerSecond: 1)
        var state = Samples.state(snapshot: Self.diverged().with { $0.epochs = [result] })
        #expect(
            state.handle(.key("r")) == [
                .request(
                    .begin(
                        NewRun(
                            .new(state.snapshot?.settings ?? TrainingConfiguration()), runs: 2)))
            ])
        #expect(state.hints("p").isEmpty, "p does nothing now")
    }

    @Test func aPlaygroundThatDivergedSaysSo() {
        var configuration = PlaygroundConfiguration()
        configuration.learningRate = 1e30
        var job = PlaygroundJob(configuration)
        job.handle(.run)
        for _ in 0..<100 where job.isRunning { _ = job.step(now: .now) }
        #expect(!job.isRunning, "it stands still")
        var state = Samples.state(.playground)
        _ = state.handle(.playground(job.snapshot(serial: 2)))
        for width in [40, 80, 120] {
            #expect(statusLine(state, width: width).contains("✗ diverged"))
            #expect(statusLine(state, width: width).contains("r start"))
        }
        #expect(state.handle(.key("r")) == [.playground(.begin(.again(seed: 0)))])
        job.handle(.begin(.again(seed: 0)))
        #expect(job.isRunning && job.snapshot(serial: 3).step == 0, "it goes on from the beginning")
    }

    @Test func whatDiffersFromTheSettingsShows() {
        func text(_ factor: Float, epochs: Int = 0, width: Int) -> String {
            let snapshot = Samples.snapshot().with {
                $0.configuration.learningRate *= factor
                $0.configuration.epochs += epochs
            }
            return render(Samples.state(snapshot: snapshot), width: width, height: 40).text
        }
        #expect(!text(1, width: 120).contains("rate ×"))
        #expect(!text(1.258925 / 1.258926, width: 120).contains("rate ×"), "ten up and ten down are none")
        #expect(text(10, width: 80).contains("rate × 10") && text(10, width: 80).contains("lr 0."))
        #expect(text(0.5, width: 120).contains("rate × 0.5"))
        #expect(text(10, epochs: 5, width: 120).contains("seed 0, rate × 10, 5 epochs more"))
    }
}
