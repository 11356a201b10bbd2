import NeuralNetwork
import Testing

@Suite struct ScheduleTests {
    /// The factors of twenty steps. The numbers were printed by
    ///
    ///     import torch
    ///     S = torch.optim.lr_scheduler
    ///     for make in [lambda o: S.LinearLR(o, 1, 0, 20), lambda o: S.StepLR(o, 7, 0.1),
    ///                  lambda o: S.ExponentialLR(o, 0.01 ** (1 / 20)), lambda o: S.CosineAnnealingLR(o, 20),
    ///                  lambda o: S.OneCycleLR(o, max_lr=1.0, total_steps=20, cycle_momentum=False)]:
    ///         o = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0); s = make(o); rates = []
    ///         for step in range(20):
    ///             rates.append(o.param_groups[0]["lr"]); o.step()
    ///             if step < 19: s.step()
    ///         print(["%.7f" % rate for rate in rates])
    private static let pyTorch: [(schedule: LearningRateSchedule, factors: [Float])] = [
        (
            .linear,
            [
                1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1,
                0.05,
            ]
        ),
        (.step, [1, 1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]),
        (
            .exponential,
            [
                1, 0.7943282, 0.6309573, 0.5011872, 0.3981072, 0.3162278, 0.2511886, 0.1995262, 0.1584893, 0.1258925,
                0.1, 0.0794328, 0.0630957, 0.0501187, 0.0398107, 0.0316228, 0.0251189, 0.0199526, 0.0158489, 0.0125893,
            ]
        ),
        (
            .cosine,
            [
                1, 0.9938442, 0.9755283, 0.9455033, 0.9045085, 0.8535534, 0.7938926, 0.7269952, 0.6545085, 0.5782172,
                0.5, 0.4217828, 0.3454915, 0.2730048, 0.2061074, 0.1464466, 0.0954915, 0.0544967, 0.0244717, 0.0061558,
            ]
        ),
        (
            .oneCycle,
            [
                0.04, 0.1316718, 0.3716718, 0.6683282, 0.9083282, 1, 0.9874640, 0.9504846, 0.8909162, 0.8117457,
                0.7169430, 0.6112620, 0.5000020, 0.3887420, 0.2830610, 0.1882583, 0.1090878, 0.0495194, 0.0125400,
                0.0000040,
            ]
        ),
    ]

    @Test func agreeWithPyTorch() {
        #expect([.constant] + Self.pyTorch.map(\.schedule) == LearningRateSchedule.allCases)
        for (schedule, factors) in Self.pyTorch {
            let own = (0..<20).map { schedule.factor(step: $0, of: 20) }
            #expect(zip(own, factors).allSatisfy { abs($0 - $1) < 1e-6 }, "\(schedule) \(own)")
        }
    }

    @Test(arguments: LearningRateSchedule.allCases) func stayInRangeForAnyRun(schedule: LearningRateSchedule) {
        for total in [0, 1, 2, 3, 4, 7, 1000] {
            for step in 0...total + 2 { #expect((0...1).contains(schedule.factor(step: step, of: total))) }
        }
    }
}
