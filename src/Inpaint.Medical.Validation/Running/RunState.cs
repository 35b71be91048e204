using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Validation.Running;

/// <summary>What is finished, and where the next finished thing goes.</summary>
internal sealed class RunState
{
    private readonly ResultFile _file;
    private readonly HashSet<(string Volume, string Drop)> _cases;
    private readonly HashSet<string> _volumes;
    private readonly HashSet<string> _refused;
    private readonly int _total;
    private readonly IProgress<ValidationProgress>? _progress;

    public RunState(ResultFile file, ImmutableArray<ResultLine> found, ValidationSettings settings, int total, IProgress<ValidationProgress>? progress)
    {
        _file = file;
        Settings = settings;
        _total = total;
        _progress = progress;
        _cases = [.. found.Where(line => line.Case is not null).Select(line => (line.Case!.Volume, line.Case.Drop))];
        _volumes = [.. found.Where(line => line.Volume is not null).Select(line => line.Volume!.Name)];
        _refused = [.. found.Where(line => line.Refused is not null).Select(line => line.Refused!.Name)];
    }

    public ValidationSettings Settings { get; }

    public bool IsFinished(string volume) => _refused.Contains(volume) || Settings.Drops.All(drop => IsFinished(volume, drop.Text));

    public bool IsFinished(string volume, string drop) => _cases.Contains((volume, drop));

    public void Refuse(string name, InpaintException refusal)
    {
        _file.Append(new ResultLine { Refused = new RefusedInput(name, (int)refusal.Code, refusal.Message) });
        _refused.Add(name);
    }

    public void Describe(VolumeSummary volume)
    {
        if (_volumes.Add(volume.Name))
        {
            _file.Append(new ResultLine { Volume = volume });
        }
    }

    public void Finish(ResultCase finished)
    {
        _file.Append(new ResultLine { Case = finished });
        _cases.Add((finished.Volume, finished.Drop));
        _progress?.Report(new ValidationProgress(_cases.Count, _total, finished.Volume, finished.Drop));
    }
}
