@testable import Dashboard
@testable import Training

/// A dashboard whose actions reach the playground's trainers at once.
struct PlaygroundPlayer {
    var state = Samples.state(.train, width: 120, height: 40)
    var job = PlaygroundJob()
    private var serial = 1

    init() { state.playground = PlaygroundState() }

    mutating func take(_ event: Event) {
        for case .playground(let request) in state.handle(event) { job.handle(request) }
        serial += 1
        _ = state.handle(.playground(job.snapshot(serial: serial, samplesPerSecond: 0)))
    }

    mutating func press(_ keys: Key...) {
        for key in keys { take(.key(key)) }
    }

    mutating func train(_ steps: Int) {
        for _ in 0..<steps where job.isRunning { _ = job.step(now: .now) }
        take(.resize(width: state.width, height: state.height))
    }

    var snapshot: PlaygroundSnapshot { job.snapshot(serial: 0) }
    var text: String { render(state, width: state.width, height: state.height).text }
}
